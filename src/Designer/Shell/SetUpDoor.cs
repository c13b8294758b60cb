using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Shell;

/// <summary>While nobody can sign in every page leads to set-up, which opens from this machine or with the link that the start prints.</summary>
public sealed class SetUpDoor(FirstStart first)
{
    private readonly string _secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>True where the request may set the program up: from loopback in address and host and through no proxy, or with the link's secret.</summary>
    public bool Opens(HttpContext http, string? secret)
    {
        if (secret is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(_secret))) return true;
        var request = http.Request;
        var forwarded = request.Headers.Keys.Any(x => x.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || x.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || x.Equals("Via", StringComparison.OrdinalIgnoreCase) || x.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase));
        var host = request.Host.Host.Trim('[', ']');
        return !forwarded && http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) &&
               (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var named) && IPAddress.IsLoopback(named)));
    }

    /// <summary>Prints the link, once the addresses are known.</summary>
    public async Task PrintAsync(IServer server, CancellationToken cancel)
    {
        if (!await first.IsNeededAsync(cancel)) return;
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            await Console.Out.WriteLineAsync($"Nobody can sign in yet. Set PromptDesigner up at {address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal)}/set-up?link={_secret}");
    }
}

/// <summary>Sends people to set-up.</summary>
public static class SetUpGate
{
    /// <summary>Leads pages to set-up while it is needed; programs and static files are not concerned.</summary>
    public static void UseSetUpGate(this WebApplication app) => app.Use(async (http, next) =>
    {
        var isPage = HttpMethods.IsGet(http.Request.Method) && !SignIn.IsForPrograms(http.Request) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
        if (isPage && !http.Request.Path.StartsWithSegments("/set-up") && await http.RequestServices.GetRequiredService<FirstStart>().IsNeededAsync(http.RequestAborted))
        {
            http.Response.Redirect("/set-up");
            return;
        }
        await next(http);
    });
}
