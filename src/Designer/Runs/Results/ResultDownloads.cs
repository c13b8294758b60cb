using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>The same files for the page's buttons: a browser has a session and no key.</summary>
public static class ResultDownloads
{
    /// <summary>Maps the addresses beside the page's.</summary>
    public static void MapResultDownloads(this WebApplication app)
    {
        app.MapGet("/pipelines/{id:guid}/results.csv", (Guid id, HttpContext http, Memberships members, IOptions<IdentityOptions> identity, ResultList results, Prices prices) => AnswerAsync(id, true, http, members, identity.Value, results, prices)).ExcludeFromDescription();
        app.MapGet("/pipelines/{id:guid}/results.jsonl", (Guid id, HttpContext http, Memberships members, IOptions<IdentityOptions> identity, ResultList results, Prices prices) => AnswerAsync(id, false, http, members, identity.Value, results, prices)).ExcludeFromDescription();
    }

    private static async Task<IResult> AnswerAsync(Guid id, bool isCsv, HttpContext http, Memberships members, IdentityOptions identity, ResultList results, Prices prices)
    {
        if (Session.Of(http.User) is not { } session) return TypedResults.NotFound();
        var actor = await members.FindAsync(session.Person, session.Workspace, http.User.FindFirstValue(identity.ClaimsIdentity.SecurityStampClaimType), null, http.RequestAborted);
        if (actor is null || await results.FindAsync(id, session.Workspace, http.RequestAborted) is null) return TypedResults.NotFound(); // a page that says so
        return await ResultsApi.AnswerAsync(id.ToString(), isCsv, actor, http, results, prices);
    }
}
