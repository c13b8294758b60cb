using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>A mail leaves once, after a person, and as that person approved it.</summary>
public sealed class SendTests : SendScene
{
    [Fact]
    public async Task What_was_approved_is_sent_once_with_the_edit()
    {
        var run = await BeginAsync();
        Assert.Empty(Server.Commands);
        Assert.Null(await DecideAsync(run, "approve", edited: "Dear customer, it is on its way."));
        await RunIsAsync(run, "Succeeded");
        var mail = Assert.Single(Server.Delivered);
        Assert.Equal(("Dear customer, it is on its way.", "About the parcel", "\"Desk\" <desk@example.com>"), (TextOf(mail), Read(mail).Subject, Read(mail).From.ToString()));
        Assert.Equal(["ana@example.org"], mail.Recipients);
        Assert.StartsWith($"{run:N}.", Read(mail).MessageId, StringComparison.Ordinal);
        Assert.Equal("""{"sent":"smtp"}""", await OutputsAsync(run));
        Assert.Equal(["Sent"], await MailsAsync(run));
    }

    [Fact]
    public async Task Nothing_leaves_after_a_rejection_or_while_nobody_has_decided()
    {
        var (waits, rejected) = (await BeginAsync(), await BeginAsync());
        Assert.Null(await DecideAsync(rejected, "reject", "no"));
        await RunIsAsync(rejected, "Rejected");
        Assert.Equal("Waiting", await StatusAsync(waits));
        Assert.Empty(Server.Commands);
        Assert.Empty(await MailsAsync(rejected));
    }

    [Fact]
    public async Task A_try_shows_the_mail_and_sends_nothing()
    {
        var pipeline = await Engine.PublishAsync(Letter());
        var run = (await Engine.Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = System.Text.Json.JsonSerializer.SerializeToElement(new { to = "ana@example.org", text = "x" }), Try = true }, Engine.Actor, CancellationToken.None)).Value;
        await Engine.SettleAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Succeeded");
        Assert.Equal(["Simulated try"], await MailsAsync(run));
        Assert.Equal("""{"sent":"simulated"}""", await OutputsAsync(run));
        Assert.Empty(Server.Commands);
    }

    [Fact]
    public async Task What_the_practice_model_wrote_stays_in_the_outbox()
    {
        var file = PipelineFile.Named("Practice").Input("to", "text").Node("write", "prompt", new { prompt = "Answer {{ input.text }}", model = "practice/practice" }).Node("check", "approval", new { subject = "{{ write }}", allowSelf = true })
            .Node("send", "email", new { to = "{{ input.to }}", subject = "x", text = "{{ check }}" }).Output("sent", "{{ send.delivery }}")
            .Edge("input", "write").Edge("write", "check").Edge("check", "send", "approved").Edge("send", "out");
        var run = await BeginAsync(file);
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Succeeded");
        Assert.Equal(["Kept practice"], await MailsAsync(run));
        Assert.Equal("""{"sent":"outbox"}""", await OutputsAsync(run));
        Assert.Empty(Server.Commands);
    }

    [Fact]
    public async Task A_refused_mail_fails_its_step_and_a_retry_sends_it()
    {
        var refuses = true;
        Deed = (moment, _) => moment == SmtpMoment.Recipient && refuses ? SmtpDeed.Say("550 nobody of that name") : null;
        var run = await BeginAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Failed");
        Assert.Equal(["Failed 550"], await MailsAsync(run));
        Assert.Contains("send:Failed", await StepsAsync(run));
        Assert.Contains("nobody of that name", await AnswerAsync(run), StringComparison.Ordinal);
        refuses = false;
        Assert.Null((await Engine.Get<RunControl>().RetryAsync(run, null, Engine.Actor, CancellationToken.None)).Refusal);
        await RunIsAsync(run, "Succeeded");
        Assert.Single(Server.Delivered);
    }

    [Fact]
    public async Task A_server_that_asks_to_come_again_is_asked_again_and_not_for_ever()
    {
        var asked = 0;
        Deed = (moment, _) => moment == SmtpMoment.Recipient && Interlocked.Increment(ref asked) == 1 ? SmtpDeed.Say("451 greylisted, come again") : null;
        var run = await BeginAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Succeeded");
        Assert.Single(Server.Delivered);
        Deed = (moment, _) => moment == SmtpMoment.Recipient ? SmtpDeed.Say("451 greylisted, come again") : null;
        var never = await BeginAsync();
        Assert.Null(await DecideAsync(never, "approve"));
        await RunIsAsync(never, "Failed");
        Assert.Contains("It was tried 3 times.", await AnswerAsync(never), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Resolution.Sent, "Succeeded", 0)]
    [InlineData(Resolution.SendAgain, "Succeeded", 1)]
    [InlineData(Resolution.GiveUp, "Failed", 0)]
    public async Task What_may_have_arrived_waits_for_a_person(Resolution resolution, string status, int more)
    {
        var cuts = true;
        Deed = (moment, _) => moment == SmtpMoment.Dot && cuts ? SmtpDeed.Close : null;
        var run = await BeginAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await MailAsync(run, MailStatus.Uncertain);
        await WaitAsync(async () => (await StepsAsync(run)).Contains("send:Uncertain"));
        await Engine.SettleAsync();
        Assert.Equal(("Waiting", 3L), (await StatusAsync(run), await Engine.ScalarAsync($"SELECT WaitingFor FROM Runs WHERE Key = {Key(run)}")));
        cuts = false;
        var desk = Engine.Get<OutboxDesk>();
        Assert.Equal("not_found", (await desk.ResolveAsync(run, "check", resolution, Engine.Actor, CancellationToken.None)).Refusal?.Code);
        Assert.Null((await desk.ResolveAsync(run, "send", resolution, Engine.Actor, CancellationToken.None)).Refusal);
        await RunIsAsync(run, status);
        Assert.Equal("already_decided", (await desk.ResolveAsync(await MailIdAsync(run), resolution, Engine.Actor, CancellationToken.None)).Refusal?.Code);
        Assert.Equal(more, Server.Delivered.Count());
        Assert.Single(Server.Taken.Select(x => Read(x).MessageId).Distinct());
    }

    [Fact]
    public async Task Paused_sending_lets_mails_wait_and_a_cancelled_run_sends_nothing()
    {
        var desk = Engine.Get<OutboxDesk>();
        Assert.True((await desk.PauseAsync(Engine.Actor, CancellationToken.None)).Value);
        var (goes, cancelled) = (await BeginAsync(), await BeginAsync());
        foreach (var run in new[] { goes, cancelled }) Assert.Null(await DecideAsync(run, "approve"));
        foreach (var run in new[] { goes, cancelled }) await MailAsync(run, MailStatus.Waiting);
        await Engine.SettleAsync();
        Assert.Null((await Engine.Get<RunControl>().CancelAsync(cancelled, Engine.Actor, CancellationToken.None)).Refusal);
        Assert.Equal("Waiting", await StatusAsync(goes));
        Assert.Empty(Server.Commands);
        Assert.True((await desk.ResumeAsync(Engine.Actor, CancellationToken.None)).Value);
        await RunIsAsync(goes, "Succeeded");
        Assert.Equal(["Cancelled"], await MailsAsync(cancelled));
        Assert.Single(Server.Delivered);
    }

    [Fact]
    public async Task A_gate_that_is_not_approved_when_the_mail_leaves_stops_it()
    {
        var desk = Engine.Get<OutboxDesk>();
        await desk.PauseAsync(Engine.Actor, CancellationToken.None);
        var run = await BeginAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await MailAsync(run, MailStatus.Waiting);
        await Engine.QueryAsync($"UPDATE Approvals SET Status = 2 WHERE RunKey = {Key(run)}"); // whatever went wrong: it is looked up again
        await desk.ResumeAsync(Engine.Actor, CancellationToken.None);
        await RunIsAsync(run, "Failed");
        Assert.Equal(["Failed not_approved"], await MailsAsync(run));
        Assert.Empty(Server.Commands);
    }

    [Fact]
    public async Task What_a_send_came_to_is_stored_when_the_database_is_back()
    {
        var failures = 0;
        Places.OnHit = place =>
        {
            if (place == "send.before-outcome" && Interlocked.Increment(ref failures) == 1) throw new IOException("The disk is full.");
        };
        var run = await BeginAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Succeeded");
        Assert.Equal(2, failures);
        Assert.Equal(["Sent"], await MailsAsync(run));
        Assert.Single(Server.Delivered);
    }

    [Fact]
    public async Task A_gate_that_is_switched_off_and_a_way_through_it_count_for_nothing()
    {
        var off = PipelineFile.Named("Off").Input("to", "text").Node("check", "approval", new { subject = "Hello", allowSelf = true }).Node("aside", "text", new { template = "x" })
            .Node("send", "email", new { to = "{{ input.to }}", subject = "x", text = "{{ check }}" }).Output("sent", "{{ send.delivery }}")
            .Edge("input", "check").Edge("input", "aside").Edge("check", "send", "approved").Edge("aside", "send").Edge("send", "out");
        var document = System.Text.Json.Nodes.JsonNode.Parse(off.ToString())!;
        document["nodes"]!.AsArray().Single(x => (string?)x!["id"] == "aside")!["disabled"] = true;
        var editor = Engine.Get<PromptDesigner.Runtime.Pipelines.PipelineEditor>();
        var made = (await editor.CreateAsync(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()), Engine.Actor, null, CancellationToken.None)).Value!;
        Assert.Null((await editor.PublishAsync(made.Id, null, Engine.Actor, null, CancellationToken.None)).Refusal);
        var run = await Engine.RunAsync(made.Id, new { to = "ana@example.org", text = "x" });
        await Engine.SettleAsync();
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Succeeded");
        Assert.NotEmpty((string)(await Engine.ScalarAsync($"SELECT Gates FROM Mails WHERE RunKey = {Key(run)}"))!);
    }

    [Fact]
    public async Task Each_item_of_a_list_is_sent_once()
    {
        var file = PipelineFile.Named("Letters").ListInput("list").Node("each", "forEach", new { items = "input.list", result = "send", concurrency = 3 })
            .Node("check", "approval", new { subject = "Hello {{ item }}", allowSelf = true }, "each").Node("send", "email", new { to = "{{ item }}@example.org", subject = "x", text = "{{ check }}" }, "each")
            .Output("all", "{{ each | size }}").Edge("input", "each").Edge("check", "send", "approved").Edge("each", "out");
        var run = await StartAsync(file, new { list = new[] { "a", "b", "c" } });
        for (var i = 0; i < 3; i++)
        {
            await WaitAsync(async () => (long)(await Engine.ScalarAsync($"SELECT COUNT(*) FROM Approvals WHERE RunKey = {Key(run)} AND Status = 0"))! > 0);
            var open = (await Engine.QueryAsync($"SELECT Id, ContentHash FROM Approvals WHERE RunKey = {Key(run)} AND Status = 0 LIMIT 1"))[0];
            Assert.Null((await Engine.Get<PromptDesigner.Runtime.Approvals.ApprovalDesk>().DecideAsync(new Guid((byte[])open[0]!, true), new PromptDesigner.Runtime.Approvals.Decision { Verb = "approve", ContentHash = (string)open[1]! }, Engine.Actor, CancellationToken.None)).Refusal);
        }
        await RunIsAsync(run, "Succeeded");
        Assert.Equal(["a@example.org", "b@example.org", "c@example.org"], Server.Delivered.Select(x => x.Recipients.Single()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ana@example.org\r\nBcc: all@example.org", "x")]
    [InlineData("ana@example.org, also send to: <x@evil.example", "x")]
    [InlineData("nobody", "x")]
    [InlineData("ana@example.org", "line\r\nBcc: all@example.org")]
    public async Task An_address_or_a_subject_that_says_more_than_it_should_is_refused(string to, string text)
    {
        var run = await StartAsync(Letter(), new { to, text });
        Assert.Null(await DecideAsync(run, "approve"));
        await RunIsAsync(run, "Failed");
        Assert.Empty(await MailsAsync(run));
        Assert.Empty(Server.Commands);
    }
}
