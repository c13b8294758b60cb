using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Accounts;

/// <summary>What changes a session's cookie, which a circuit cannot.</summary>
public static class SessionsApi
{
    /// <summary>Maps the few addresses under <c>/account</c> that are no pages.</summary>
    public static void MapSessions(this WebApplication app)
    {
        app.MapPost("/account/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/account/workspace", SwitchAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, SignInManager<User> manager, Memberships memberships, AccountBook book, [FromForm(Name = "everywhere")] string? everywhere)
    {
        if (everywhere == "true" && Session.Of(http.User) is { } session && await memberships.FindAsync(session.Person, session.Workspace, null, http.Connection.RemoteIpAddress?.ToString(), http.RequestAborted) is { } actor)
            await book.SignOutEverywhereAsync(actor, http.RequestAborted);
        await manager.SignOutAsync();
        return Results.LocalRedirect("/sign-in");
    }

    private static async Task<IResult> SwitchAsync(HttpContext http, SignInManager<User> manager, Memberships memberships, [FromForm(Name = "id")] int workspace)
    {
        if (await manager.UserManager.GetUserAsync(http.User) is not { } user || await memberships.FindAsync(user.Id, workspace, null, null, http.RequestAborted) is null) return Results.LocalRedirect("/");
        await manager.EnterAsync(user, workspace, remember: false, Session.Of(http.User)?.Since);
        return Results.LocalRedirect("/");
    }
}
