using System.Net;
using System.Text.RegularExpressions;

namespace PromptDesigner.Designer.Tests;

/// <summary>A person's browser without scripts: it keeps cookies, opens pages and posts forms with their tokens, and follows no redirect.</summary>
public sealed partial class Browser : IDisposable
{
    private static readonly SemaphoreSlim Once = new(1, 1);
    private static readonly Dictionary<(string, Who), Browser> Known = [];

    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;

    /// <summary>A browser that nobody has signed in with.</summary>
    public Browser(string address) =>
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The cookies, as a request's header has them.</summary>
    public string Cookies => _cookies.GetCookieHeader(_http.BaseAddress!);

    /// <summary>A person's browser, signed in once for all tests of the application: passwords may be tried a few times a minute.</summary>
    public static async Task<Browser> OfAsync(App app, Who who)
    {
        await Once.WaitAsync();
        try
        {
            if (Known.TryGetValue((app.Address, who), out var known)) return known;
            var browser = new Browser(app.Address);
            if (who != Who.Nobody) Assert.Equal(HttpStatusCode.Redirect, (await browser.SignInAsync(App.MailOf(who), App.Password)).Status);
            return Known[(app.Address, who)] = browser;
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Signs in at the page.</summary>
    public Task<Answer> SignInAsync(string mail, string password) => SubmitAsync("/sign-in", "sign-in", ("Given.Email", mail), ("Given.Password", password));

    /// <summary>Opens a page and posts its form, token included.</summary>
    public async Task<Answer> SubmitAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        var token = Token().Match((await GetAsync(page)).Text).Groups[1].Value;
        return await PostAsync(page, [("_handler", form), ("__RequestVerificationToken", token), .. fields]);
    }

    /// <summary>Opens an address as a browser does.</summary>
    public Task<Answer> GetAsync(string address) => SendAsync(HttpMethod.Get, address, null);

    /// <summary>Posts a form.</summary>
    public Task<Answer> PostAsync(string address, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, address, new FormUrlEncodedContent(fields.Select(x => new KeyValuePair<string, string>(x.Name, x.Value))));

    /// <summary>Sends a request.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string address, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body };
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.ToString());
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>What came back.</summary>
    public sealed record Answer(HttpStatusCode Status, string Text, string? Location);

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
