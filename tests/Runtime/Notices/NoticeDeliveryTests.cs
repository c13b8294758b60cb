using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Notices;

/// <summary>How notices leave: once, again while they certainly have not, and never twice.</summary>
public sealed class NoticeDeliveryTests : NoticeScene
{
    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_and_gets_the_same_mail()
    {
        await BeaIsToldAsync();
        var busy = true;
        Deed = (moment, _) => busy && moment == SmtpMoment.Dot ? SmtpDeed.Say("451 busy") : null;
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea ApprovalWaits Waiting 451 1"], await NoticesAsync());
        busy = false;
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["bea ApprovalWaits Sent 1"], await NoticesAsync());
        Assert.Equal(2, Server.Taken.Count);
        Assert.Single(Server.Taken.Select(x => Read(x).MessageId).Distinct());
        Assert.Equal(["bea 1"], Received());
    }

    [Fact]
    public async Task A_server_that_is_busy_for_a_day_is_asked_no_more()
    {
        await BeaIsToldAsync();
        Deed = (moment, _) => moment == SmtpMoment.Recipient ? SmtpDeed.Say("451 busy") : null;
        foreach (var hours in (double[])[0.1, 12, 11, 2]) await PassAsync(TimeSpan.FromHours(hours));
        Assert.Equal(["bea ApprovalWaits Failed 451 1"], await NoticesAsync());
    }

    [Fact]
    public async Task An_address_that_is_refused_is_not_tried_again()
    {
        await BeaIsToldAsync();
        Deed = (moment, _) => moment == SmtpMoment.Recipient ? SmtpDeed.Say("550 nobody") : null;
        await PassAsync(TimeSpan.FromMinutes(1));
        await PassAsync(TimeSpan.FromHours(5));
        Assert.Equal(["bea ApprovalWaits Failed 550 1"], await NoticesAsync());
        Assert.Equal(1, Server.Commands.Count(x => x.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task What_may_have_arrived_is_not_sent_again()
    {
        await BeaIsToldAsync();
        Deed = (moment, _) => moment == SmtpMoment.Dot ? SmtpDeed.Close : null;
        await PassAsync(TimeSpan.FromMinutes(1));
        await PassAsync(TimeSpan.FromHours(5));
        Assert.Equal(["bea ApprovalWaits Uncertain uncertain 1"], await NoticesAsync());
        Assert.Single(Server.Taken);
    }

    [Theory]
    [InlineData("notice.after-intent", 0)]
    [InlineData("notice.after-transmit", 1)]
    [InlineData("notice.before-outcome", 1)]
    public async Task A_process_that_dies_between_intention_and_result_sends_it_at_most_once(string place, int received)
    {
        await BeaIsToldAsync();
        var died = new TaskCompletionSource();
        Places.OnHit = name =>
        {
            if (name != place) return;
            died.TrySetResult();
            throw new SimulatedCrashException(name);
        };
        Clock.Advance(TimeSpan.FromMinutes(1));
        await died.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["bea ApprovalWaits Sending 1"], await NoticesAsync());
        await RestartAsync();
        await PassAsync(TimeSpan.FromHours(5));
        Assert.Equal(["bea ApprovalWaits Uncertain interrupted 1"], await NoticesAsync());
        Assert.Equal(received, Server.Delivered.Count());
    }

    [Fact]
    public async Task The_day_s_mail_leaves_at_the_hour_of_its_receiver_across_the_change_to_summer_time()
    {
        Clock.SetUtcNow(new DateTimeOffset(2027, 3, 27, 12, 0, 0, TimeSpan.Zero));
        var bea = await MemberAsync("bea", Role.Administrator);
        foreach (var kind in (NoticeKind[])[NoticeKind.ScheduleFailed, NoticeKind.SendingPaused]) await ChooseAsync(bea, kind, NoticeDelivery.Daily, 8, "Europe/Berlin");
        await WriteAsync(t => t.TellScheduleFailed(Ana.Workspace, 7, Guid.NewGuid(), "Letters", bea.Person, Now, "It was refused.", Now));
        Assert.Null((await Host.Get<OutboxDesk>().PauseAsync(Ana, CancellationToken.None)).Refusal);
        await PassAsync(new DateTimeOffset(2027, 3, 28, 5, 59, 0, TimeSpan.Zero) - Now);
        Assert.Empty(Server.Taken);
        await PassAsync(TimeSpan.FromMinutes(1)); // six in UTC is eight in Berlin, since this night
        Assert.Equal(["bea 1"], Received());
        Assert.Equal("Your day in Main: 2 things to know", Read(Server.Delivered.Single()).Subject);
        await PassAsync(TimeSpan.FromDays(2));
        Assert.Equal(["bea 1"], Received());
    }

    [Fact]
    public async Task Pausing_is_told_to_those_who_may_let_sending_go_on_though_it_is_paused()
    {
        await MemberAsync("bea", Role.Viewer, Rights.Reviewer);
        await MemberAsync("dan", Role.Viewer, Rights.Operator);
        await MemberAsync("fay", Role.Administrator);
        Assert.Null((await Host.Get<OutboxDesk>().PauseAsync(Ana, CancellationToken.None)).Refusal);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["dan 1", "fay 1"], Received());
        Assert.Equal("Sending is paused in Main", Read(Server.Delivered.First()).Subject);
        Assert.Null((await Host.Get<OutboxDesk>().ResumeAsync(Ana, CancellationToken.None)).Refusal);
        Assert.Null((await Host.Get<OutboxDesk>().PauseAsync(Ana, CancellationToken.None)).Refusal);
        Assert.Null((await Host.Get<OutboxDesk>().ResumeAsync(Ana, CancellationToken.None)).Refusal);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["dan 1", "fay 1"], Received());
        Assert.Equal(2, (await NoticesAsync()).Count(x => x.Contains("Dropped over", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_others_wrote_takes_exactly_these_mails()
    {
        await using var real = new RealMailServer();
        Assert.Null((await Host.Get<MailServerBook>().SaveAsync(new MailServerDraft("127.0.0.1", real.Port, MailSecurity.None, null, null, "Büro <desk@example.org>"), Ana, CancellationToken.None)).Refusal);
        Assert.Null((await Host.Get<MailServerBook>().SetAddressAsync("https://prompts.example.com/", Ana, CancellationToken.None)).Refusal);
        await MemberAsync("cid", Role.Viewer, Rights.Reviewer);
        await BeaIsToldAsync("Grüße & <b>Briefe</b>");
        await PassAsync(TimeSpan.FromMinutes(1));
        var mails = real.Mails.Select(x => MimeKit.MimeMessage.Load(new MemoryStream(x))).OrderBy(x => x.To.ToString(), StringComparer.Ordinal).ToList();
        Assert.Equal(["bea@example.org", "cid@example.org"], mails.Select(x => x.To.ToString()));
        Assert.All(mails, x => Assert.Equal("An approval waits: Grüße & <b>Briefe</b>", x.Subject));
        Assert.All(mails, x => Assert.Contains("href=\"https://prompts.example.com/approvals/", x.HtmlBody, StringComparison.Ordinal));
        Assert.All(mails, x => Assert.Contains("Gr&#252;&#223;e &amp; &lt;b&gt;Briefe&lt;/b&gt;", x.HtmlBody, StringComparison.Ordinal));
        Assert.All(mails, x => Assert.EndsWith("@example.org", x.MessageId, StringComparison.Ordinal));
    }

    private async Task BeaIsToldAsync(string name = "Letters")
    {
        await MemberAsync("bea", Role.Viewer, Rights.Reviewer);
        await HeldAsync(Gate(new { subject = "{{ input.text }}" }, name));
    }
}

/// <summary>Where no mail server is set up.</summary>
public sealed class NoticesWithoutServerTests : NoticeScene
{
    protected override int? Port => null;

    [Fact]
    public async Task They_wait_for_one_for_a_day_and_are_given_up_then()
    {
        await MemberAsync("bea", Role.Viewer, Rights.Reviewer);
        await HeldAsync();
        Clock.Advance(TimeSpan.FromHours(23));
        await HeldAsync(Gate(new { subject = "x" }, "Second"));
        Clock.Advance(TimeSpan.FromHours(1.5));
        await WaitAsync(async () => (await NoticesAsync()).Any(x => x.Contains("Dropped", StringComparison.Ordinal)));
        Assert.Equal(["bea ApprovalWaits Dropped no_server 1", "bea ApprovalWaits Waiting 1"], await NoticesAsync());
        Assert.Null((await Host.Get<MailServerBook>().SaveAsync(new MailServerDraft("127.0.0.1", Server.Port, MailSecurity.None, null, null, "desk@example.org"), Ana, CancellationToken.None)).Refusal);
        await QuietAsync();
        Assert.Equal(["bea 1"], Received());
        Assert.Contains("http://127.0.0.1:5080/approvals/", Read(Server.Delivered.Single()).TextBody, StringComparison.Ordinal);
    }
}
