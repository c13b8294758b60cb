using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PromptDesigner.Designer.Shell;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>How long a session lasts, and whose its cookie is.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData(0.0, true)]
    [InlineData(23.9, true)]
    [InlineData(24.1, false)]
    [InlineData(null, false)]
    public async Task A_session_ends_a_day_after_its_password_however_busy(double? hours, bool lasts)
    {
        await using var inside = new InProcess();
        using var scope = inside.Services.CreateScope();
        var options = scope.ServiceProvider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        var claims = new List<Claim> { new(ClaimTypes.NameIdentifier, Guid.NewGuid().ToString()), new(Session.WorkspaceClaim, "1") };
        if (hours is { } ago) claims.Add(new Claim(Session.SinceClaim, DateTimeOffset.UtcNow.AddHours(-ago).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        // used a moment ago, so that neither idleness nor the look at the stamp ends it
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, "cookie")), new AuthenticationProperties { IssuedUtc = DateTimeOffset.UtcNow }, IdentityConstants.ApplicationScheme);
        var context = new CookieValidatePrincipalContext(new DefaultHttpContext { RequestServices = scope.ServiceProvider }, new AuthenticationScheme(IdentityConstants.ApplicationScheme, null, typeof(CookieAuthenticationHandler)), options, ticket);
        await options.Events.ValidatePrincipal(context);
        Assert.Equal(lasts, context.Principal is not null);
    }

    [Theory]
    [InlineData("https", "__Host-pd=")]
    [InlineData("http", "pd=")]
    public void Behind_tls_the_cookie_is_bound_to_its_host(string scheme, string begins)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = scheme;
        var cookies = new HostCookies();
        cookies.AppendResponseCookie(http, "pd", "value", new CookieOptions { Path = "/", Secure = scheme == "https", HttpOnly = true });
        Assert.StartsWith(begins, http.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
        http.Request.Headers.Cookie = begins + "value";
        Assert.Equal("value", cookies.GetRequestCookie(http, "pd"));
        http.Request.Headers.Cookie = scheme == "https" ? "pd=planted" : "__Host-pd=other";
        Assert.Null(cookies.GetRequestCookie(http, "pd"));
    }
}
