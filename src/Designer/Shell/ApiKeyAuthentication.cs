using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Shell;

/// <summary>Recognises <c>Authorization: Bearer</c> keys. Everything that is no valid key gets the same answer.</summary>
public sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "ApiKey";

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header.Length is < 27 or > 500) return AuthenticateResult.NoResult();
        if (await keys.RecogniseAsync(header[7..].Trim(), Context.RequestAborted) is not { } holder) return AuthenticateResult.NoResult();
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ActorIdentity(holder)), SchemeName));
    }

    /// <inheritdoc />
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, new Refusal("unauthenticated", "Send a valid API key as 'Authorization: Bearer …'."));

    /// <inheritdoc />
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.WriteAsync(Context, new Refusal("forbidden", "This key may not do that."));
}

/// <summary>The holder of a recognised key.</summary>
public sealed class ActorIdentity(KeyHolder holder) : ClaimsIdentity(ApiKeyAuthentication.SchemeName)
{
    /// <summary>Whose key it is.</summary>
    public KeyHolder Holder { get; } = holder;
}

/// <summary>Who makes a request.</summary>
public static class Requests
{
    /// <summary>The actor of an authenticated request.</summary>
    public static Actor Actor(this HttpContext http) => ((ActorIdentity)http.User.Identity!).Holder.Actor with { Address = http.RemoteAddress() };

    /// <summary>The network address that a request came from, IPv4 written as such.</summary>
    public static string? RemoteAddress(this HttpContext http) => http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;

    /// <summary>The id of the key of an authenticated request.</summary>
    public static Guid KeyId(this HttpContext http) => ((ActorIdentity)http.User.Identity!).Holder.Key;
}
