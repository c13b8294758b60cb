using System.Net;
using System.Text;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>What every answer says to the browser, and what is refused before anything is looked at.</summary>
[Collection("Browser")]
public sealed class HeaderTests(Site site)
{
    private static readonly string[] Always = ["X-Content-Type-Options: nosniff", "Referrer-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin"];

    [Theory]
    [InlineData("/sign-in", 200)]
    [InlineData("/", 302)]
    [InlineData("/no/such/page", 302)]
    [InlineData("/theme.js", 200)]
    [InlineData("/_framework/blazor.web.js", 200)]
    [InlineData("/no-such-file.js", 302)]
    [InlineData("/invitations/none", 410)]
    [InlineData("/set-up", 410)]
    [InlineData("/api/v1/runs", 401)]
    [InlineData("/api/v1/nothing", 401)]
    [InlineData("/health/live", 200)]
    [InlineData("/health/ready", 200)]
    [InlineData("/openapi/v1.json", 200)]
    [InlineData("/_blazor", 401)]
    public async Task Every_kind_of_answer_carries_the_headers(string path, int status)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        var headers = answer.Headers.Select(x => $"{x.Key}: {string.Join(",", x.Value)}").ToList();
        Assert.All(Always, x => Assert.Contains(x, headers));
        var policy = Assert.Single(headers, x => x.StartsWith("Content-Security-Policy: ", StringComparison.Ordinal));
        foreach (var rule in new[] { "default-src 'self'", "script-src 'self';", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'" }) Assert.Contains(rule, policy, StringComparison.Ordinal);
        Assert.DoesNotContain(headers, x => x.StartsWith("Server:", StringComparison.Ordinal));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://127.0.0.1:1", 403)]
    public async Task A_foreign_page_gets_no_circuit(string origin, int status)
    {
        foreach (var path in new[] { "/_blazor", "/_blazor/negotiate?negotiateVersion=1" })
        {
            using var answer = await SendAsync(path == "/_blazor" ? HttpMethod.Get : HttpMethod.Post, path, ("Origin", origin), ("Connection", "Upgrade"), ("Upgrade", "websocket"));
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
        }
    }

    [Theory]
    [InlineData("/sign-in", "_handler=sign-in&Given.Email=ana%40example.org&Given.Password=correct+horse+battery")]
    [InlineData("/account/sign-out", "everywhere=true")]
    public async Task A_form_without_its_token_is_refused(string path, string form)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, form);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, x => x.Key == "Set-Cookie" && x.Value.Any(y => y.StartsWith("pd=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Cookies_are_out_of_reach_of_scripts_and_other_sites()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/sign-in");
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, x => Assert.True(x.Contains("httponly", StringComparison.OrdinalIgnoreCase) && x.Contains("samesite=", StringComparison.OrdinalIgnoreCase), x));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string form) => SendAsync(method, path, new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"));

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers) => SendAsync(method, path, null, headers);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(method, site.App.Address + path) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }
}
