using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Designer.Shell;

/// <summary>Probes: <c>/health/live</c> while the process answers, <c>/health/ready</c> while it takes work and its database answers.</summary>
public static class HealthApi
{
    /// <summary>Maps the probes; they need no key.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Problems.Ok(new { status = "live" })).AllowAnonymous().WithSummary("The process answers.");
        app.MapGet("/health/ready", async (RunEngine engine, Database database, CancellationToken cancel) =>
        {
            if (!engine.IsReady) return Problems.Ok(new { status = "stopping" }, StatusCodes.Status503ServiceUnavailable);
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                return Problems.Ok(new { status = "ready" });
            }
            catch (System.Data.Common.DbException)
            {
                return Problems.Ok(new { status = "unavailable", detail = "The database cannot be reached." }, StatusCodes.Status503ServiceUnavailable);
            }
        }).AllowAnonymous().WithSummary("It takes work.");
    }
}
