using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Every page before axe, in light and dark.</summary>
public sealed class AccessibilityTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    // what others wrote is shown in a frame that may run nothing, where axe would wait for ever
    private static readonly AxeRunOptions All = new() { ResultTypes = [ResultType.Violations], Iframes = false };

    private static readonly AxeRunOptions Colours = new() { Iframes = false, ResultTypes = [ResultType.Violations], RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } }; // all that a theme changes

    [Fact]
    public async Task No_page_has_a_serious_violation_in_light_or_dark()
    {
        var waiting = await Site.App.Api.StartAsync(Site.Triage, new { text = "Where is my parcel?" });
        var approval = await ApprovalOfAsync(Site.App, waiting);
        var done = await Site.App.Api.StartAsync(Site.Reviews, new { reviews = new[] { "Too loud", "I like it" } });
        await Site.App.Api.SettledAsync(done);
        var mail = await MailAsync();
        var schedule = (await Site.App.Api.PostAsync("/schedules", new { pipeline = Site.Triage, inputs = new { text = "Where is my parcel?" }, cron = "30 8 1 1 *", timeZone = "Europe/Berlin" })).Ok().GetProperty("id").GetString();
        (await Site.App.Api.PostAsync($"/schedules/{schedule}/trigger")).Ok();
        var screen = await OpenAsync(Site.DesigningReviewer);
        var administrator = await OpenAsync(AppProcess.Administrator);
        var nobody = await OpenAsync(null);
        screen.Expect("403|404");
        nobody.Expect("410");
        var found = new List<string>();
        foreach (var path in new[]
        {
            "/", "/pipelines", $"/pipelines/{Site.Triage}", $"/pipelines/{Site.Triage}/run", $"/pipelines/{Site.Triage}/design", $"/pipelines/{Site.Triage}/versions", $"/pipelines/{Site.Triage}/results", "/runs", $"/runs/{waiting}", $"/runs/{done}", $"/runs/{waiting}/steps/reply@1", "/approvals", $"/approvals/{approval}", "/outbox?tries=true", $"/outbox/{mail}", "/schedules", $"/schedules/{schedule}", $"/schedules/new?pipeline={Site.Triage}", "/account/notices", "/account", "/settings/members", "/no/such/page",
        }) await LookAsync(screen, path);
        foreach (var page in new[] { "connections", "mail", "members", "keys", "limits", "audit", "workspace" }) await LookAsync(administrator, "/settings/" + page);
        await LookAsync(administrator, "/set-up/models");
        foreach (var path in new[] { "/sign-in", "/invitations/none", "/set-up" }) await LookAsync(nobody, path, isPlain: true);
        await LookAsync(screen, "/account/password", isPlain: true);
        Assert.True(found.Count == 0, string.Join('\n', found.Distinct()));

        async Task<string> MailAsync()
        {
            var file = PipelineFile.Named("Letter").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}" }).Node("send", "email", new { to = "bo@example.org", subject = "A letter", text = "{{ gate }}", html = "<p>{{ gate }}</p>" })
                .Output("sent", "{{ send.delivery }}").Edge("input", "gate").Edge("gate", "send", "approved").Edge("send", "out");
            var pipeline = await Site.App.Api.PublishAsync(file);
            var run = (await Site.App.Api.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = "Hello" }, @try = true })).Ok().GetProperty("id").GetString()!; // whoever tries decides
            var gate = (await Site.App.Api.GetAsync($"/approvals/{await ApprovalOfAsync(Site.App, run)}")).Ok();
            (await Site.App.Api.PostAsync($"/approvals/{gate.GetProperty("id").GetString()}/decision", new { decision = "approve", contentHash = gate.GetProperty("contentHash").GetString() })).Ok();
            string? made = null;
            await Wait.UntilAsync("the mail is made", async () => (made = (await Site.App.Api.GetAsync($"/outbox?tries=true&pipeline={pipeline}")).Ok().GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString()).FirstOrDefault()) is not null);
            return made!;
        }

        async Task LookAsync(Screen at, string path, bool isPlain = false)
        {
            if (isPlain) await at.OpenAsync(path);
            else await at.GoAsync(path);
            foreach (var theme in new[] { "light", "dark" })
            {
                await at.Page.EvaluateAsync("x => theme.set(x)", theme);
                await at.Seen($"html[data-theme={theme}]");
                var result = await at.Page.RunAxe(theme == "light" ? All : Colours);
                found.AddRange(result.Violations.Where(x => x.Impact is "serious" or "critical").SelectMany(x => x.Nodes.Take(3).Select(n => $"{path.Replace(Site.Triage, "…", StringComparison.Ordinal)} ({theme}): {x.Id} at {n.Target}: {n.Html[..Math.Min(160, n.Html.Length)]}")));
            }
        }
    }
}
