using System.Globalization;
using System.Text.RegularExpressions;
using MimeKit;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Support triage with a mail server that others wrote: ten messages decided in every way at the desk, and what arrived.</summary>
public sealed class TriageMailTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private const string Open = "[data-approval-id].item";

    [Fact]
    public async Task Of_ten_messages_exactly_what_was_approved_arrives_once_and_with_the_edited_text()
    {
        await using var mail = new RealMailServer();
        await using var model = new ScriptedModelServer(Answer);
        var app = await StartAsync(NewFolder(), [.. EngineHost.Settings(model.Address).Select(x => (x.Key, x.Value)),
            ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", mail.Port.ToString(CultureInfo.InvariantCulture)), ("Smtp:Security", "none"), ("Smtp:From", "desk@example.org")]);
        var triage = (await app.Api.GetAsync("/pipelines")).Ok().GetProperty("items").EnumerateArray().First(x => x.GetProperty("name").GetString() == "Support triage").GetProperty("id").GetString()!;
        (await app.Api.PostAsync("/members", new { email = Site.Reviewer, role = "Viewer", rights = new[] { "Reviewer" }, password = AppProcess.Password })).Ok();
        var runs = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            runs.Add(await app.Api.StartAsync(triage, new { text = $"Message {i}: where is my parcel?", email = $"c{i}@example.org" }));
            await app.Api.SettledAsync(runs[i]);
        }
        var screen = await OpenAsync(app, Site.Reviewer);
        foreach (var i in new[] { 0, 1, 2, 3 }) await ApproveAsync(screen, runs[i]);
        foreach (var i in new[] { 4, 5 }) await ApproveAsync(screen, runs[i], $"Edited answer {i}");
        await RejectAsync(screen, runs[6]);
        await ApproveAsync(screen, runs[7]);
        await screen.ClickAsync("[data-action=undo]"); // taken back within its ten seconds
        await screen.Seen($"{Open}[data-state=Pending]");
        await RejectAsync(screen, runs[7]);
        await AskAsync(screen, runs[8]);
        await Wait.UntilAsync("another version is there", async () => await PendingAsync(app, runs[8]) is { Round: 2 });
        await ApproveAsync(screen, runs[8]);

        foreach (var i in new[] { 0, 1, 2, 3, 4, 5, 8 }) await Wait.UntilAsync($"run {i} is over", async () => (await app.Api.GetAsync($"/runs/{runs[i]}")).Ok().GetProperty("status").GetString() == "Succeeded");
        Assert.Equal(
            ["c0@example.org: Answer 0, round 1", "c1@example.org: Answer 1, round 1", "c2@example.org: Answer 2, round 1", "c3@example.org: Answer 3, round 1", "c4@example.org: Edited answer 4", "c5@example.org: Edited answer 5", "c8@example.org: Answer 8, round 2"],
            Letters(mail));
        await screen.GoAsync("/outbox");
        await screen.Seen("[data-mail-id][data-state=Sent]", 7);

        // what is tried, or was written by the practice model, stays here
        var tried = (await app.Api.PostAsync($"/pipelines/{triage}/runs", new { inputs = new { text = "Message 3: a try", email = "c3@example.org" }, @try = true })).Ok().GetProperty("id").GetString()!;
        var admin = await OpenAsync(app, AppProcess.Administrator);
        await ApproveAsync(admin, tried);
        var practised = await app.Api.PublishAsync(PipelineFile.Named("Practised").Input("text").Node("write", "prompt", new { prompt = "{{ input.text }}", model = "practice/practice" }).Node("check", "approval", new { subject = "{{ write }}", allowSelf = true })
            .Node("send", "email", new { to = "p@example.org", subject = "Practice", text = "{{ check }}" }).Output("sent", "{{ send.delivery }}").Edge("input", "write").Edge("write", "check").Edge("check", "send", "approved").Edge("send", "out"));
        var practice = await app.Api.StartAsync(practised, new { text = "Hello" });
        await ApproveAsync(screen, practice);
        foreach (var (run, delivery) in new[] { (tried, "simulated"), (practice, "outbox") })
        {
            await Wait.UntilAsync("the run is over", async () => (await app.Api.GetAsync($"/runs/{run}")).Ok().GetProperty("status").GetString() == "Succeeded");
            Assert.Contains($"\"delivery\":\"{delivery}\"", (await app.Api.GetAsync($"/runs/{run}")).Text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        await admin.GoAsync("/outbox?tries=true");
        await admin.Seen("[data-mail-id][data-state=Kept]", 1);
        await admin.Seen("[data-mail-id][data-state=Simulated]", 1);
        Assert.Equal(7, Letters(mail).Count);
    }

    [Fact]
    public async Task Without_a_gate_it_is_not_published_until_an_administrator_allows_it_and_the_audit_log_names_who_did()
    {
        var app = await StartAsync(NewFolder());
        var file = PipelineFile.Named("Straight out").Input("text").Node("send", "email", new { to = "bo@example.org", subject = "Hello", text = "{{ input.text }}" }).Output("sent", "{{ send.delivery }}").Edge("input", "send").Edge("send", "out");
        var id = (await app.Api.PostAsync("/pipelines", file.ToString())).Ok().GetProperty("id").GetString()!;
        var screen = await OpenAsync(app, AppProcess.Administrator);
        await screen.GoAsync($"/pipelines/{id}/design");
        await screen.Seen("[data-node-id=send]");
        await screen.ClickAsync("[data-drawer=problems]");
        await screen.Seen("[data-problem-code=ungated_send]");
        var refused = await app.Api.PostAsync($"/pipelines/{id}/versions", new { note = "" });
        Assert.Equal("draft_has_errors", refused.Code);
        await screen.ClickAsync("[data-node-id=send]");
        await screen.ClickAsync("[data-action=allow-send]");
        await screen.TypeAsync("#send-reason", "A receipt that nobody has to read first");
        await screen.ClickAsync("[data-action=allow-send-now]");
        await screen.Says("[data-send-allowed]", "A receipt that nobody has to read first");
        await screen.Seen("[data-node-id=send] .cv-allowed");
        await screen.Seen("[data-problem-code=ungated_send]", 0);
        await screen.ClickAsync("[data-action=publish]");
        await screen.ClickAsync("#publish");
        await screen.Says("[data-action=versions]", "Published · version 1");
        await screen.GoAsync("/settings/audit");
        await screen.Says(".page", "send.allowed");
        await screen.Says(".page", "Straight out");
    }

    private static ScriptedReply Answer(ScriptedRequest request)
    {
        var number = Regex.Match(request.Body, @"Message (\d+)").Groups[1].Value;
        if (request.Step.StartsWith("triage", StringComparison.Ordinal)) return new ScriptedReply { Text = """{ "category": "other", "urgency": 0.2, "sentiment": "neutral", "summary": "A parcel is missing." }""" };
        return new ScriptedReply { Text = $"Answer {number}, round {(request.Step.Contains("@2", StringComparison.Ordinal) ? 2 : 1)}" };
    }

    /// <summary>What left for customers; reviewers are told by mail too when something waits for them.</summary>
    private static List<string> Letters(RealMailServer mail) => [.. mail.Mails.Select(Read).Where(x => !x.StartsWith(Site.Reviewer, StringComparison.Ordinal) && !x.StartsWith(AppProcess.Administrator, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string Read(byte[] mail)
    {
        var message = MimeMessage.Load(new MemoryStream(mail));
        return $"{message.To.Mailboxes.Single().Address}: {message.TextBody!.Trim()}";
    }

    private static async Task ApproveAsync(Screen screen, string run, string? edited = null)
    {
        await ShowAsync(screen, run);
        if (edited is not null)
        {
            await screen.ClickAsync("[data-action=edit]");
            await screen.TypeAsync("textarea[id^=edit]", edited);
        }
        await screen.ClickAsync("[data-action=approve]");
        await screen.Seen($"{Open}[data-state=Approved]");
    }

    private static async Task RejectAsync(Screen screen, string run)
    {
        await ShowAsync(screen, run);
        await screen.ClickAsync("[data-action=reject]");
        await screen.TypeAsync("textarea[id^=comment]", "This is not true");
        await screen.ClickAsync("#send-comment");
        await screen.Seen($"{Open}[data-state=Rejected]");
    }

    private static async Task AskAsync(Screen screen, string run)
    {
        await ShowAsync(screen, run);
        await screen.ClickAsync("[data-action=requestChanges]");
        await screen.TypeAsync("textarea[id^=comment]", "Shorter, please");
        await screen.ClickAsync("#send-comment");
        await screen.Seen($"{Open}[data-state=ChangesRequested]");
    }

    /// <summary>The run's page, where the gate can be decided in place: the desk would go on to the next.</summary>
    private static async Task ShowAsync(Screen screen, string run)
    {
        await Wait.UntilAsync("it waits for somebody", async () => await PendingAsync(screen.App, run) is not null);
        await screen.GoAsync($"/runs/{run}");
        await screen.Seen($"{Open}[data-state=Pending]");
    }

    private static async Task<(string Id, int Round)?> PendingAsync(AppProcess app, string run) => (await app.Api.GetAsync("/approvals?status=pending&limit=200")).Ok().GetProperty("items").EnumerateArray()
        .Where(x => x.GetProperty("runId").GetString() == run).Select(x => ((string, int)?)(x.GetProperty("id").GetString()!, x.GetProperty("round").GetInt32())).FirstOrDefault();
}
