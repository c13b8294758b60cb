using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Every page before axe, in light and dark.</summary>
public sealed class AccessibilityTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private static readonly AxeRunOptions Colours = new() { ResultTypes = [ResultType.Violations], RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } }; // all that a theme changes

    [Fact]
    public async Task No_page_has_a_serious_violation_in_light_or_dark()
    {
        var waiting = await Site.App.Api.StartAsync(Site.Triage, new { text = "Where is my parcel?" });
        var approval = await ApprovalOfAsync(Site.App, waiting);
        var done = await Site.App.Api.StartAsync(Site.Reviews, new { reviews = new[] { "Too loud", "I like it" } });
        await Site.App.Api.SettledAsync(done);
        var screen = await OpenAsync(Site.DesigningReviewer);
        var administrator = await OpenAsync(AppProcess.Administrator);
        var nobody = await OpenAsync(null);
        screen.Expect("403|404");
        nobody.Expect("410");
        var found = new List<string>();
        foreach (var path in new[]
        {
            "/", "/pipelines", $"/pipelines/{Site.Triage}", $"/pipelines/{Site.Triage}/run", $"/pipelines/{Site.Triage}/design", $"/pipelines/{Site.Triage}/versions", "/runs", $"/runs/{waiting}", $"/runs/{done}", $"/runs/{waiting}/steps/reply@1", "/approvals", $"/approvals/{approval}", "/account", "/settings/members", "/no/such/page",
        }) await LookAsync(screen, path);
        foreach (var page in new[] { "connections", "members", "keys", "limits", "audit", "workspace" }) await LookAsync(administrator, "/settings/" + page);
        await LookAsync(administrator, "/set-up/models");
        foreach (var path in new[] { "/sign-in", "/invitations/none", "/set-up" }) await LookAsync(nobody, path, isPlain: true);
        await LookAsync(screen, "/account/password", isPlain: true);
        Assert.True(found.Count == 0, string.Join('\n', found.Distinct()));

        async Task LookAsync(Screen at, string path, bool isPlain = false)
        {
            if (isPlain) await at.OpenAsync(path);
            else await at.GoAsync(path);
            foreach (var theme in new[] { "light", "dark" })
            {
                await at.Page.EvaluateAsync("x => theme.set(x)", theme);
                await at.Seen($"html[data-theme={theme}]");
                var result = await at.Page.RunAxe(theme == "light" ? new AxeRunOptions { ResultTypes = [ResultType.Violations] } : Colours);
                found.AddRange(result.Violations.Where(x => x.Impact is "serious" or "critical").SelectMany(x => x.Nodes.Take(3).Select(n => $"{path.Replace(Site.Triage, "…", StringComparison.Ordinal)} ({theme}): {x.Id} at {n.Target}: {n.Html[..Math.Min(160, n.Html.Length)]}")));
            }
        }
    }
}
