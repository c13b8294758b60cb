using PromptDesigner.Data;
using PromptDesigner.Designer.Accounts;
using PromptDesigner.Designer.Approvals;
using PromptDesigner.Designer.Files;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Pipelines.Shelf;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Runs.Results;
using PromptDesigner.Designer.Schedules;
using PromptDesigner.Designer.Sending;
using PromptDesigner.Designer.Settings;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;

return await Start.GuardedAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var settings = builder.AddConfiguration();
    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestBody.MostBytes;
    });
    builder.Services.AddData(settings.Database);
    builder.Services.AddRuntime(builder.Configuration);
    builder.Services.AddSingleton<RunReader>().AddSingleton<RunList>().AddSingleton<RunScreen>().AddSingleton<ResultList>().AddSingleton<OutboxList>().AddSingleton<ScheduleList>().AddSingleton<ApprovalQueue>().AddSingleton<ApprovalPresence>().AddSingleton<StarterLibrary>().AddSingleton<DraftRooms>().AddSingleton<LastOutputs>().AddSingleton<ChoiceReader>();
    builder.Services.AddKeyRateLimits();
    builder.Services.AddOpenApi();
    builder.Services.AddSignIn();
    builder.AddPages();
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Drain + TimeSpan.FromSeconds(8));

    var app = builder.Build();
    app.UseSecurityHeaders();
    app.UseApiErrors();
    app.UseNotFoundPages();
    app.UseSetUpGate();
    app.UseRouting();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseAntiforgery();
    app.UseRateLimiter();
    app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    app.MapHealth();
    var api = app.MapGroup("/api/v1").DisableAntiforgery();
    api.MapPipelines();
    api.MapPipelineShelf();
    api.MapSendExceptions();
    api.MapRuns();
    api.MapResults();
    api.MapApprovals();
    api.MapSending();
    api.MapSchedules();
    api.MapFiles();
    api.MapKeys();
    api.MapMembers();
    app.MapUnknown();
    app.MapSessions();
    app.MapPreview();
    app.MapResultDownloads();
    app.MapPages();

    await app.PrepareAsync();
    await app.RunAsync();
});

/// <summary>The application; named so that tests can host it.</summary>
public partial class Program;
