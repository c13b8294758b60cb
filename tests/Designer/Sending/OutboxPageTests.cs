using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Home;
using PromptDesigner.Designer.Sending;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Tests.Sending;

/// <summary>The list of mails: states, filters, what is said above it, and the switch.</summary>
public sealed class OutboxPageTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_state_has_its_row_and_tries_are_shown_when_asked_for()
    {
        var made = new List<Mail>();
        foreach (var status in Enum.GetValues<MailStatus>()) made.Add(await OutboxScene.KeepAsync(_screen, status));
        made.Reverse();
        var page = Show("/outbox");
        Assert.Equal(made.Where(x => x.Status != MailStatus.Simulated).Select(x => $"{x.Id} {x.Status}"), Rows(page));
        Assert.Contains("It is Kept.", page.Find($"[data-state=Kept][data-mail-id]").TextContent, StringComparison.Ordinal);
        Assert.Contains("bo@example.org and 1 more", page.Find("[data-mail-id]").TextContent, StringComparison.Ordinal);
        Assert.Equal(made.Select(x => $"{x.Id} {x.Status}"), Rows(Show("/outbox?tries=true")));
        foreach (var mail in made) Assert.Equal([$"{mail.Id} {mail.Status}"], Rows(Show($"/outbox?status={mail.Status}")));
    }

    [Fact]
    public async Task Filters_are_in_the_address_and_say_what_they_do_not_know()
    {
        var first = await OutboxScene.KeepAsync(_screen, MailStatus.Sent, x => x.Subject = "50% off");
        var second = await OutboxScene.KeepAsync(_screen, MailStatus.Sent, x => (x.To, x.Cc) = ("ana@example.org", "boss@example.org"));
        Assert.Equal([$"{first.Id} Sent"], Rows(Show("/outbox?q=50%25")));
        Assert.Equal([$"{second.Id} Sent"], Rows(Show("/outbox?q=BOSS@")));
        var pipeline = (await _screen.Host.QueryAsync($"SELECT Id FROM Pipelines WHERE Key = {first.PipelineKey}"))[0][0];
        Assert.Equal([$"{first.Id} Sent"], Rows(Show($"/outbox?pipeline={new Guid((byte[])pipeline!, true)}")));
        Assert.Contains("Drop one of them", Show("/outbox?q=nothing").Markup, StringComparison.Ordinal);
        Assert.Contains("status must be of", Show("/outbox?status=Lost").Find("[role=alert]").TextContent, StringComparison.Ordinal);
        var page = Show("/outbox");
        await page.Find("select[aria-label=State]").ChangeAsync(new() { Value = "Uncertain" });
        Assert.EndsWith("/outbox?status=Uncertain", _screen.Address, StringComparison.Ordinal);
        await page.Find("input[type=checkbox]").ChangeAsync(new() { Value = true });
        Assert.EndsWith("/outbox?status=Uncertain&tries=true", _screen.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_has_fifty_and_leads_to_older_ones()
    {
        var mail = await OutboxScene.KeepAsync(_screen, MailStatus.Sent);
        await _screen.Host.Database.WriteAsync(_screen.Ana.Workspace, (db, _) =>
        {
            for (var i = 0; i < 60; i++)
                db.Mails.Add(new Mail { Id = Guid.CreateVersion7(), PipelineKey = mail.PipelineKey, RunKey = mail.RunKey, SortPath = $"0004.each[b{i + 10}]/0001.send", Status = MailStatus.Sent, TakenOver = MailStatus.Sent, MessageId = "x", To = "x@example.org", Cc = "", Subject = "x", ContentHash = "x", Gates = "", Retry = "1 0 0 1", CreatedAt = mail.CreatedAt });
            return Task.FromResult(0);
        }, CancellationToken.None);
        var first = Show("/outbox");
        var (newest, next) = (Rows(first), first.FindAll("a.btn").Single(x => x.TextContent == "Older").GetAttribute("href")!);
        await _screen.LeaveAsync();
        var older = Show(new Uri(next).PathAndQuery);
        Assert.Equal((50, 11, 61), (newest.Count, Rows(older).Count, newest.Union(Rows(older)).Count()));
        Assert.DoesNotContain(older.FindAll("a.btn"), x => x.TextContent == "Older");
    }

    [Fact]
    public async Task Who_may_operate_pauses_sending_and_lets_it_go_on()
    {
        var otto = await _screen.MemberAsync(Role.Viewer, Rights.Operator);
        var page = Show("/outbox", otto);
        Assert.Empty(page.FindAll("[data-notice=paused]"));
        await page.Find("[data-action=pause]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains($"by {otto.Name}", page.Find("[data-notice=paused]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Nothing waits to be sent", page.Find("[data-notice=paused]").TextContent, StringComparison.Ordinal);
        Assert.Contains($"by {otto.Name}", _screen.Show<HomePage>(_screen.Ana).Find("[data-notice=paused]").TextContent, StringComparison.Ordinal);
        await page.Find("[data-action=resume]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-notice=paused]")));
    }

    [Fact]
    public async Task Nobody_else_has_the_switch_and_pressing_it_anyway_is_refused()
    {
        foreach (var role in (Role[])[Role.Viewer, Role.Designer]) Assert.Empty(Show("/outbox", await _screen.MemberAsync(role)).FindAll("[data-action=pause]"));
        var page = Show("/outbox", (await _screen.MemberAsync(Role.Designer)) with { Role = Role.Administrator });
        await page.Find("[data-action=pause]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("needs the right Operator", _screen.Toasts, StringComparison.Ordinal));
        Assert.Null(await _screen.Host.ScalarAsync("SELECT SendingPausedAt FROM Workspaces"));
    }

    [Fact]
    public async Task What_is_to_be_known_is_said_above_and_at_home()
    {
        var viewer = await _screen.MemberAsync(Role.Viewer);
        Assert.NotNull(Show("/outbox").Find("[data-notice=no-server] a[href='/settings/mail']"));
        Assert.Empty(Show("/outbox", viewer).FindAll("[data-notice=no-server] a"));
        Assert.Empty(_screen.Show<HomePage>(viewer).FindAll("[data-notice]")); // nothing was kept for want of it
        await OutboxScene.KeepAsync(_screen, MailStatus.Kept, x => x.Code = "no_server");
        await OutboxScene.KeepAsync(_screen, MailStatus.Kept, x => x.Code = "practice");
        for (var i = 0; i < 3; i++) await OutboxScene.KeepAsync(_screen, MailStatus.Uncertain);
        var home = _screen.Show<HomePage>(viewer);
        Assert.Contains("1 mail stays here", home.Find("[data-notice=no-server]").TextContent, StringComparison.Ordinal);
        Assert.Contains("3 mails may or may not have arrived", home.Find("[data-notice=uncertain]").TextContent, StringComparison.Ordinal);
        Assert.Contains("3 mails may or may not have arrived", Show("/outbox").Find(".notice").TextContent, StringComparison.Ordinal); // first
        Assert.Equal("3", _screen.Show<Navigation>(viewer, x => x.Add(p => p.Actor, viewer)).Find("a[href='/outbox'] .count").TextContent);
    }

    [Fact]
    public async Task Who_approved_is_said_in_the_list()
    {
        var run = await OutboxScene.SendAsync(_screen);
        await OutboxScene.MailAsync(_screen, run, MailStatus.Kept);
        var row = Show("/outbox").Find("[data-mail-id]");
        Assert.Contains(_screen.Ana.Name, row.QuerySelector(".by")!.TextContent, StringComparison.Ordinal);
        Assert.EndsWith($"/runs/{run}/steps/send", row.QuerySelector("a.run")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("No mail server is set up", row.TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<OutboxPage> Show(string address, Actor? actor = null)
    {
        _screen.Go(address);
        return _screen.Show<OutboxPage>(actor ?? _screen.Ana);
    }

    private static List<string> Rows(IRenderedComponent<OutboxPage> page) => [.. page.FindAll("[data-mail-id]").Select(x => $"{x.GetAttribute("data-mail-id")} {x.GetAttribute("data-state")}")];
}
