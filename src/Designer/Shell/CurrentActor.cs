using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Shell;

/// <summary>Who looks at this page, asked anew for every act: what was taken away a moment ago is gone.</summary>
public sealed class CurrentActor(AuthenticationStateProvider states, Memberships memberships, IOptions<IdentityOptions> options)
{
    /// <summary>Where the person's browser is; set once by the root of the page.</summary>
    public string? Address { get; set; }

    /// <summary>The person as an actor; null where nobody is signed in any more or is a member no longer.</summary>
    public async Task<Actor?> FindAsync(CancellationToken cancel = default)
    {
        var user = (await states.GetAuthenticationStateAsync()).User;
        return Session.Of(user) is { } session ? await memberships.FindAsync(session.Person, session.Workspace, user.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType), Address, cancel) : null;
    }

    /// <summary>The person as an actor; where there is none the page goes to the sign-in page.</summary>
    public async Task<Actor> GetAsync(CancellationToken cancel = default) => await FindAsync(cancel) ?? throw new SignedOutException();
}

/// <summary>What a session's cookie says.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Workspace">The workspace that the person looks at.</param>
/// <param name="Since">When the person signed in.</param>
public sealed record Session(Guid Person, int Workspace, DateTimeOffset Since)
{
    /// <summary>The claim that names the workspace.</summary>
    public const string WorkspaceClaim = "workspace";

    /// <summary>The claim that says when the person signed in, in seconds since 1970.</summary>
    public const string SinceClaim = "since";

    /// <summary>However busy a person is: after so long the password is asked again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>True where the password is to be asked again.</summary>
    public bool IsOver(DateTimeOffset now) => now - Since >= Longest;

    /// <summary>Reads a principal; null where it is no person's.</summary>
    public static Session? Of(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } && Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var person) && int.TryParse(user.FindFirstValue(WorkspaceClaim), out var workspace) && long.TryParse(user.FindFirstValue(SinceClaim), out var since)
            ? new Session(person, workspace, DateTimeOffset.FromUnixTimeSeconds(since))
            : null;
}

/// <summary>The person was signed out, or is a member no longer, since the page was opened.</summary>
public sealed class SignedOutException() : Exception("You are signed out, or no longer a member of this workspace. Sign in again.");
