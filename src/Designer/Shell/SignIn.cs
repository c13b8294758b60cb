using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Shell;

/// <summary>Who is signed in: keys for programs, cookies for people, and never a cookie for the API.</summary>
public static class SignIn
{
    private const string Either = "Either";

    /// <summary>Adds authentication, authorization that denies by default, and people's sessions.</summary>
    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddIdentityCore<User>(identity =>
        {
            identity.Lockout.MaxFailedAccessAttempts = 5;
            identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
        }).AddUserStore<UserStore>().AddSignInManager();
        services.Configure<SecurityStampValidatorOptions>(x =>
        {
            x.ValidationInterval = TimeSpan.FromMinutes(1);
            x.OnRefreshingPrincipal = refresh =>
            {
                foreach (var name in new[] { Session.WorkspaceClaim, Session.SinceClaim })
                    if (refresh.CurrentPrincipal?.FindFirst(name) is { } kept) ((ClaimsIdentity)refresh.NewPrincipal!.Identity!).AddClaim(kept.Clone());
                return Task.CompletedTask;
            };
        });
        services.AddAuthentication(options =>
            {
                options.DefaultScheme = Either;
                options.DefaultSignInScheme = IdentityConstants.ApplicationScheme;
            })
            .AddPolicyScheme(Either, null, x => x.ForwardDefaultSelector = http => TakesKeys(http.Request) ? ApiKeyAuthentication.SchemeName : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, Configure);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitSession>().AddScoped<CurrentActor>().AddSingleton<SignInLimits>();
    }

    /// <summary>True for requests that programs make: they get JSON.</summary>
    public static bool IsForPrograms(HttpRequest request) => TakesKeys(request) || request.Headers.Authorization.Count > 0;

    /// <summary>True for addresses where a key says who calls, and a cookie never; everywhere else it is the other way round.</summary>
    private static bool TakesKeys(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/openapi") || request.Path.StartsWithSegments("/hooks") || request.Path.StartsWithSegments("/health");

    /// <summary>Signs a person in for a workspace.</summary>
    /// <param name="manager">Writes the cookie.</param>
    /// <param name="user">Who.</param>
    /// <param name="workspace">Where.</param>
    /// <param name="remember">The cookie outlives the browser's window.</param>
    /// <param name="since">When the password was given, where that was earlier than now.</param>
    public static Task EnterAsync(this SignInManager<User> manager, User user, int workspace, bool remember, DateTimeOffset? since = null) => manager.SignInWithClaimsAsync(user, remember,
    [
        new Claim(Session.WorkspaceClaim, workspace.ToString(CultureInfo.InvariantCulture)),
        new Claim(Session.SinceClaim, (since ?? manager.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
    ]);

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var now = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        if (Session.Of(context.Principal!) is { } session && !session.IsOver(now))
        {
            await SecurityStampValidator.ValidatePrincipalAsync(context);
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    private static void Configure(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "pd";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/sign-in";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.AccessDeniedPath = "/";
        cookie.CookieManager = new HostCookies();
        cookie.Events.OnValidatePrincipal = ValidateAsync;
    }
}

/// <summary>A circuit's person, looked at again every minute: who was removed or signed out everywhere is out.</summary>
public sealed class CircuitSession(ILoggerFactory loggers, Memberships memberships, Microsoft.Extensions.Options.IOptions<IdentityOptions> options, TimeProvider clock) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    /// <inheritdoc />
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Session.Of(authenticationState.User) is { } session && !session.IsOver(clock.GetUtcNow()) &&
        await memberships.FindAsync(session.Person, session.Workspace, authenticationState.User.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType), null, cancellationToken) is not null;
}

/// <summary>Behind TLS the session's cookie has the prefix that binds it to this host: no other one beside it can set or read it.</summary>
public sealed class HostCookies : ICookieManager
{
    private readonly ChunkingCookieManager _cookies = new();

    /// <inheritdoc />
    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, Name(context, key));

    /// <inheritdoc />
    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) => _cookies.AppendResponseCookie(context, Name(context, key), value, options);

    /// <inheritdoc />
    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, Name(context, key), options);

    private static string Name(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}

/// <summary>How often passwords may be tried: by account and by address.</summary>
public sealed class SignInLimits : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limits = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
    {
        PermitLimit = key.StartsWith('@') ? 5 : 20, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6, QueueLimit = 0,
    }));

    /// <summary>False where this account or this address was tried too often within the last minute.</summary>
    public bool Allows(string account, string? address)
    {
        using var byAddress = _limits.AttemptAcquire(address ?? "?");
        using var byAccount = _limits.AttemptAcquire("@" + account.ToUpperInvariant());
        return byAddress.IsAcquired && byAccount.IsAcquired;
    }

    /// <inheritdoc />
    public void Dispose() => _limits.Dispose();
}
