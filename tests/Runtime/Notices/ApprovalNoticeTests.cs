using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Notices;

/// <summary>Who is told that an approval waits, and when it is told no more.</summary>
public sealed class ApprovalNoticeTests : NoticeScene
{
    private Actor _bea = null!;
    private Actor _cid = null!;

    public static TheoryData<string, string> Gates => new()
    {
        { """{ "subject": "x" }""", "bea cid" }, // who started it is not asked where others may
        { """{ "subject": "x", "allowSelf": true }""", "ana bea cid" },
        { """{ "subject": "x", "reviewers": { "people": ["bea@example.org", "eve@example.org"] } }""", "bea" }, // eve is asked and may not
        { """{ "subject": "x", "reviewers": { "people": ["ana@example.org"] } }""", "ana" }, // nobody else is asked
        { """{ "subject": "x", "reviewers": { "people": ["ana@example.org"] }, "allowSelf": false }""", "" },
        { """{ "subject": "x", "sample": 0 }""", "" }, // a rule lets it pass
    };

    [Theory]
    [MemberData(nameof(Gates))]
    public async Task Those_are_told_who_may_decide(string settings, string told)
    {
        await PeopleAsync();
        await HeldAsync(Gate(System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(settings)));
        Assert.Equal(told, string.Join(' ', (await NoticesAsync()).Select(x => x.Split(' ')[0]).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_try_tells_nobody()
    {
        await PeopleAsync();
        var pipeline = await Host.PublishAsync(Gate(new { subject = "x" }));
        Assert.Null((await Host.Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = Json(new { text = "x" }), Try = true }, Ana, CancellationToken.None)).Refusal);
        await Host.SettleAsync();
        Assert.Equal(1L, await Host.ScalarAsync("SELECT COUNT(*) FROM Approvals WHERE Status = 0"));
        Assert.Empty(await NoticesAsync());
    }

    [Fact]
    public async Task What_has_piled_up_is_one_mail_to_each_which_names_no_content()
    {
        await PeopleAsync();
        var file = PipelineFile.Named("Many").ListInput("list").Node("each", "forEach", new { items = "input.list", result = "gate" }).Node("gate", "approval", new { subject = "secret {{ item }}" }, "each")
            .Output("got", "{{ each }}").Edge("input", "each").Edge("each", "out");
        await HeldAsync(file, new { list = Enumerable.Range(0, 60).Select(x => $"item {x}").ToArray() });
        Clock.Advance(TimeSpan.FromSeconds(40));
        await HeldAsync();
        Assert.Equal(4, (await NoticesAsync()).Count);
        await PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["bea 1", "cid 1"], Received());
        var mail = Server.Delivered.First();
        var message = Read(mail);
        Assert.Equal("2 things to know in Main", message.Subject);
        Assert.Contains("60 items wait at 'gate' in Many for your decision.\nhttp://localhost:5080/approvals?pipeline=", message.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches(@"'check' in Letters waits for your decision\.\nhttp://localhost:5080/approvals/[0-9a-f-]{36}\n", message.TextBody!.ReplaceLineEndings("\n"));
        Assert.Contains("http://localhost:5080/account/notices", message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", All(mail), StringComparison.Ordinal);
        Assert.Equal("auto-generated", message.Headers[MimeKit.HeaderId.AutoSubmitted]);
        Assert.Equal("All", message.Headers["X-Auto-Response-Suppress"]);
        Assert.All(await NoticesAsync(), x => Assert.Contains("Sent", x, StringComparison.Ordinal));
        await PassAsync(TimeSpan.FromHours(30));
        Assert.Equal(["bea 1", "cid 1"], Received());
    }

    [Fact]
    public async Task Items_that_come_to_a_gate_later_are_told_a_quarter_of_an_hour_later()
    {
        await PeopleAsync();
        await HeldAsync();
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea 1", "cid 1"], Received());
        await Host.QueryAsync($"UPDATE Approvals SET CreatedAt = {Now.ToUnixTimeMilliseconds()}"); // as if another item came to the same gate now
        await using (var db = Host.Database.Read(Ana.Workspace))
        {
            var later = await db.Approvals.SingleAsync();
            await WriteAsync(t => t.TellApprovalWaits(later, "check", Now));
        }
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["bea 1", "cid 1"], Received());
        await PassAsync(TimeSpan.FromMinutes(11));
        Assert.Equal(["bea 2", "cid 2"], Received());
    }

    [Fact]
    public async Task What_was_decided_before_the_mail_leaves_is_told_to_nobody()
    {
        await PeopleAsync();
        await HeldAsync();
        await DecideAsync(_cid, hold: 60);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea ApprovalWaits Dropped decided 1", "cid ApprovalWaits Dropped decided 1"], (await NoticesAsync()).Order(StringComparer.Ordinal));
        Assert.Empty(Server.Taken);
    }

    [Fact]
    public async Task Who_has_decided_one_of_two_is_not_asked_again_and_the_other_is()
    {
        await PeopleAsync();
        await HeldAsync(Gate(new { subject = "x", required = 2 }));
        await DecideAsync(_cid);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea 1"], Received());
    }

    [Fact]
    public async Task Who_has_left_or_may_decide_no_more_when_the_mail_leaves_gets_nothing()
    {
        await PeopleAsync();
        await HeldAsync();
        await RemoveAsync(_bea);
        await ChangeAsync(_cid, Role.Viewer, Rights.None);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea ApprovalWaits Dropped left 1", "cid ApprovalWaits Dropped no_right 1"], (await NoticesAsync()).Order(StringComparer.Ordinal));
        Assert.Empty(Server.Taken);
    }

    [Fact]
    public async Task A_round_that_changes_were_asked_for_is_told_again_at_once()
    {
        await PeopleAsync();
        var file = PipelineFile.Named("Rounds").Input("text").Node("write", "prompt", new { prompt = "x", model = "stub/m" }).Node("check", "approval", new { subject = "{{ write }}", revise = "write" })
            .Output("sent", "{{ check }}").Edge("input", "write").Edge("write", "check").Edge("check", "out", "approved");
        await HeldAsync(file);
        await PassAsync(TimeSpan.FromMinutes(1));
        await DecideAsync(_bea, "requestChanges");
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea 2", "cid 2"], Received());
    }

    [Fact]
    public async Task An_approval_whose_time_passes_is_told_again_and_then_to_those_it_escalates_to()
    {
        await PeopleAsync();
        await HeldAsync(Gate(new { subject = "x", reviewers = new { people = new[] { "bea@example.org" } }, dueInMinutes = 30, onOverdue = "escalate", escalateTo = new[] { "cid@example.org" } }));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea 1"], Received());
        Clock.Advance(TimeSpan.FromMinutes(30));
        await Host.Get<RunEngine>().SweepAsync(CancellationToken.None);
        await WaitAsync(async () => (await NoticesAsync()).Count == 3);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea 2", "cid 1"], Received());
        Assert.Contains("An approval is overdue: Letters", Server.Delivered.Select(x => Read(x).Subject));
    }

    [Fact]
    public async Task Who_wants_nothing_is_told_nothing_and_what_waits_follows_a_new_choice()
    {
        await PeopleAsync();
        await ChooseAsync(_bea, NoticeKind.ApprovalWaits, NoticeDelivery.Never);
        await HeldAsync();
        Assert.Equal(["cid ApprovalWaits Waiting 1"], await NoticesAsync());
        await ChooseAsync(_cid, NoticeKind.ApprovalWaits, NoticeDelivery.Daily);
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(Server.Taken);
        await ChooseAsync(_cid, NoticeKind.ApprovalWaits, NoticeDelivery.Never);
        Assert.Equal(["cid ApprovalWaits Dropped not_wanted 1"], await NoticesAsync());
    }

    /// <summary>Two reviewers, a viewer, an operator, an administrator without the right.</summary>
    private async Task PeopleAsync()
    {
        (_bea, _cid) = (await MemberAsync("bea", Role.Viewer, Rights.Reviewer), await MemberAsync("cid", Role.Designer, Rights.Reviewer));
        await MemberAsync("eve");
        await MemberAsync("dan", Role.Administrator, Rights.Operator);
    }
}
