using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>From an empty data directory to the first approved result.</summary>
public sealed partial class FirstRunTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task An_empty_installation_leads_to_an_approved_result_in_at_most_twelve_clicks()
    {
        var app = await StartEmptyAsync();
        var screen = await OpenAsync(app, null);
        foreach (var path in new[] { "/", "/pipelines", "/runs", "/approvals", "/settings/members", "/sign-in", "/nothing/here" })
        {
            await screen.OpenAsync(path);
            await screen.At("/set-up$");
        }
        await screen.TypeAsync("#email", "ana@example.org");
        await screen.TypeAsync("#password", Password);
        await screen.ClickAsync("[data-action=save]");
        await screen.At("/set-up/models$");
        await screen.ReadyAsync();
        await screen.ClickAsync("[data-action=save]");
        await screen.At("/pipelines/[^/]+/run$");
        await screen.Says("h1", "Run Support triage");
        await screen.TypeAsync("[data-input=text]", "My card was charged twice for order 1187. Please pay one of the two back.");
        await screen.ClickAsync("[data-action=run]");
        await screen.At("/runs/[^/]+$");
        await screen.Seen("[data-approval-id][data-state=Pending]");
        var reply = (await screen["[data-approval-id] .long .text"].First.InnerTextAsync()).Trim();
        await screen.ClickAsync("[data-action=approve]");
        await screen.Seen("[data-run-id][data-state=Succeeded]");
        Assert.InRange(screen.Clicks, 1, 12);
        await screen.GoAsync(new Uri(screen.Page.Url).AbsolutePath);
        await screen.Says("section.right", "Result");
        Assert.Contains(Plain(reply)[..40], Plain(await screen["section.right"].InnerTextAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_who_set_up_at_once_one_wins_and_the_page_is_closed_then()
    {
        var app = await StartEmptyAsync();
        var screens = new[] { await OpenAsync(app, null), await OpenAsync(app, null) };
        foreach (var (place, screen) in screens.Index())
        {
            await screen.OpenAsync("/set-up");
            await screen.TypeAsync("#email", $"person{place}@example.org");
            await screen.TypeAsync("#password", Password);
        }
        await Task.WhenAll(screens.Select(x => x.ClickAsync("[data-action=save]")));
        await Task.WhenAll(screens.Select(x => Assertions.Expect(x["h1"]).ToHaveTextAsync(new Regex("Which model shall answer|Set up PromptDesigner"))));
        var winner = Assert.Single(screens, x => x.Page.Url.EndsWith("/set-up/models", StringComparison.Ordinal));
        var loser = screens.Single(x => x != winner);
        loser.Expect("409");
        await loser.Says("p", "has been set up already");
        winner.Expect("410");
        Assert.Equal(410, await winner.OpenAsync("/set-up"));
        await winner.Says("p", "has been set up already");
    }

    [Fact]
    public async Task From_elsewhere_set_up_opens_with_the_printed_link_alone()
    {
        var app = await StartEmptyAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        await Wait.UntilAsync("the link is printed", () => app.Output.Contains("/set-up?link=", StringComparison.Ordinal));
        var link = Link().Match(app.Output).Value;
        foreach (var (name, value) in new[] { ("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1"), ("Via", "1.1 proxy"), ("X-Real-IP", "10.0.0.1"), ("Host", "promptdesigner.example") })
        {
            Assert.Equal((name, HttpStatusCode.Forbidden), (name, await AskAsync("/set-up", name, value)));
            Assert.Equal((name, HttpStatusCode.Forbidden), (name, await AskAsync("/set-up?link=" + new string('0', 48), name, value)));
            Assert.Equal((name, HttpStatusCode.OK), (name, await AskAsync(link, name, value)));
        }
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/set-up", "Accept", "text/html"));

        var screen = await OpenAsync(app, null);
        screen.Expect("Cross-Origin-Opener-Policy header has been ignored"); // over plain HTTP, to a name that is not this machine's
        screen.Expect("403");
        var elsewhere = app.Address.Replace("127.0.0.1", "promptdesigner.example", StringComparison.Ordinal);
        await screen.Page.GotoAsync(elsewhere);
        await screen.Says("p", "with the link that it prints");
        await screen.Page.GotoAsync(elsewhere + link);
        await screen.TypeAsync("#email", "ana@example.org");
        await screen.TypeAsync("#password", Password);
        await screen.ClickAsync("[data-action=save]");
        await screen.At("promptdesigner.example.*/set-up/models$");
        await screen.ReadyAsync();

        async Task<HttpStatusCode> AskAsync(string path, string name, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, app.Address + path);
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    private static string Plain(string text) => Space().Replace(text, " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("/set-up\\?link=[0-9a-f]+")]
    private static partial Regex Link();
}
