using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using MudBlazor.Services;

namespace PromptDesigner.Designer.Shell;

/// <summary>The screens: Blazor Server with MudBlazor's parts.</summary>
public static class Pages
{
    /// <summary>Adds what the screens need.</summary>
    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning); // it would write down whole addresses, and an invitation's is a secret
        builder.Services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DetailedErrors = false;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = RequestBody.MostBytes); // a text typed into a form is one message; the 32 KB that are usual would end the page
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddMudServices(parts =>
        {
            parts.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomRight;
            parts.SnackbarConfiguration.RequireInteraction = false; // one with an action would stay, over whatever is below it, until it is pressed
            parts.SnackbarConfiguration.VisibleStateDuration = 8_000;
            parts.SnackbarConfiguration.HideTransitionDuration = 120;
            parts.SnackbarConfiguration.ShowTransitionDuration = 120;
        });
        builder.Services.AddSingleton<SetUpDoor>().AddSingleton<LiveViews>();
    }

    /// <summary>Pages that are not there are made a second time as a page that says so, inside the frame; programs get JSON elsewhere, and other refusals keep what they say.</summary>
    public static void UseNotFoundPages(this WebApplication app) => app.UseWhen(http => !SignIn.IsForPrograms(http.Request), pages =>
    {
        pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        pages.Use(async (http, next) =>
        {
            await next(http);
            if (http.Response.StatusCode != StatusCodes.Status404NotFound && http.Features.Get<IStatusCodePagesFeature>() is { } notFound) notFound.Enabled = false;
        });
    });

    /// <summary>Maps pages and static files.</summary>
    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(x => x.DisableWebSocketCompression = true);
        app.Lifetime.ApplicationStarted.Register(() => _ = app.Services.GetRequiredService<SetUpDoor>().PrintAsync(app.Services.GetRequiredService<IServer>(), app.Lifetime.ApplicationStopping));
    }
}
