using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Sending;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Tests.Sending;

/// <summary>One mail: as its receiver sees it, what is known of it, and what may be said of it.</summary>
public sealed class OutboxMailTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task A_mail_is_shown_as_its_receiver_sees_it_with_what_is_known_of_it()
    {
        var run = await OutboxScene.SendAsync(_screen, "As Ana wrote it");
        var mail = await OutboxScene.MailAsync(_screen, run, MailStatus.Kept);
        var page = Show(mail.Id);
        foreach (var said in (string[])["About the parcel", "\"Bo\" <bo@example.org>, cy@example.org", "di@example.org", $"{_screen.Ana.Name}, with an edit", mail.MessageId, "No mail server is set up"])
            Assert.Contains(said, Text(page), StringComparison.Ordinal);
        Assert.StartsWith($"/outbox/{mail.Id}/preview?images=false", page.Find("iframe[sandbox='']").GetAttribute("src"), StringComparison.Ordinal);
        await page.Find("[data-show=text]").ClickAsync(new());
        Assert.Empty(page.FindAll("iframe"));
        Assert.Contains("As Ana wrote it", page.Find(".body").TextContent, StringComparison.Ordinal);
        Assert.EndsWith($"/runs/{run}/steps/send", page.Find("[data-run-link]").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-action]"));
        Assert.Contains("There is no such mail", Show(Guid.NewGuid()).Markup, StringComparison.Ordinal);
        Assert.Contains("There is no such mail", Show(mail.Id, _screen.Ana with { Workspace = 99 }).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_it_arrived_lets_the_run_go_on()
    {
        var (run, mail, server) = await OutboxScene.DoubtAsync(_screen);
        await using var stop = server;
        var page = Show(mail.Id);
        Assert.Contains(mail.MessageId, page.Find("[data-resolution]").TextContent, StringComparison.Ordinal);
        await page.Find("[data-action=resolve-sent]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("Sent", page.Find("[data-mail-id]").GetAttribute("data-state")));
        Assert.Empty(page.FindAll("[data-resolution]"));
        Assert.Contains($"{_screen.Ana.Name} says that it arrived", Text(page), StringComparison.Ordinal);
        await OutboxScene.RunIsAsync(_screen, run, "3 0");
        Assert.Empty(server.Delivered);
    }

    [Fact]
    public async Task Sending_again_asks_once_more_and_sends_it_once_under_the_same_id()
    {
        var (run, mail, server) = await OutboxScene.DoubtAsync(_screen);
        await using var stop = server;
        var page = Show(mail.Id);
        var pressed = page.Find("[data-action=resolve-again]").ClickAsync(new());
        var dialog = _screen.Dialogs.WaitForElement(".mud-dialog");
        Assert.Contains("will have it twice", dialog.TextContent, StringComparison.Ordinal);
        Assert.Equal("Uncertain", page.Find("[data-mail-id]").GetAttribute("data-state"));
        await _screen.Dialogs.FindAll(".mud-dialog button").Single(x => x.TextContent.Contains("Send it again", StringComparison.Ordinal)).ClickAsync(new());
        await pressed;
        await OutboxScene.MailAsync(_screen, run, MailStatus.Sent);
        await OutboxScene.RunIsAsync(_screen, run, "3 0");
        Assert.Contains(mail.MessageId, System.Text.Encoding.ASCII.GetString(Assert.Single(server.Delivered).Content), StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("Sent", page.Find("[data-mail-id]").GetAttribute("data-state")), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Giving_up_fails_the_step()
    {
        var (run, mail, server) = await OutboxScene.DoubtAsync(_screen);
        await using var stop = server;
        await Show(mail.Id).Find("[data-action=resolve-give-up]").ClickAsync(new());
        await OutboxScene.RunIsAsync(_screen, run, "4 0");
        Assert.Empty(server.Delivered);
    }

    [Fact]
    public async Task Who_may_not_operate_reads_who_may_and_is_refused()
    {
        var mail = await OutboxScene.KeepAsync(_screen, MailStatus.Uncertain);
        var designer = await _screen.MemberAsync(Role.Designer);
        Assert.Empty(Show(mail.Id, designer).FindAll("[data-action]"));
        var page = Show(mail.Id, designer with { Role = Role.Administrator });
        await page.Find("[data-action=resolve-sent]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("needs the right Operator", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal((long)MailStatus.Uncertain, await _screen.Host.ScalarAsync("SELECT Status FROM Mails"));
    }

    [Fact]
    public async Task Of_a_run_that_is_over_nothing_is_sent_again()
    {
        var mail = await OutboxScene.KeepAsync(_screen, MailStatus.Uncertain);
        await _screen.Host.QueryAsync($"UPDATE Runs SET Status = 6 WHERE Key = {mail.RunKey}");
        Assert.Equal(["resolve-sent", "resolve-give-up"], Show(mail.Id).FindAll("[data-action]").Select(x => x.GetAttribute("data-action")));
    }

    [Theory]
    [InlineData(false, "Kept", "bo@example.org")]
    [InlineData(true, "Simulated", "what would have been sent")]
    public async Task The_step_of_a_run_leads_to_its_mail(bool isTry, string state, string said)
    {
        var run = await OutboxScene.SendAsync(_screen);
        var mail = await OutboxScene.MailAsync(_screen, run, MailStatus.Kept);
        if (isTry) await _screen.Host.QueryAsync("UPDATE Mails SET Status = 7");
        await OutboxScene.RunIsAsync(_screen, run, "3 0");
        var page = _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, run).Add(p => p.Path, "send"));
        page.WaitForAssertion(() => Assert.Equal(state, page.Find($"[data-mail-id='{mail.Id}']").GetAttribute("data-state")));
        var note = page.Find($"[data-mail-id='{mail.Id}']");
        Assert.Contains(said, note.TextContent, StringComparison.Ordinal);
        Assert.Equal(("About the parcel", $"/outbox/{mail.Id}"), (note.QuerySelector("a")!.TextContent, note.QuerySelector("a")!.GetAttribute("href")));
    }

    [Fact]
    public async Task A_run_that_waits_for_an_answer_says_so_and_leads_to_the_mail()
    {
        var (run, mail, server) = await OutboxScene.DoubtAsync(_screen);
        await using var stop = server;
        var page = _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, run));
        page.WaitForAssertion(() => Assert.Equal($"/outbox/{mail.Id}", page.Find(".head .notice a").GetAttribute("href")));
        Assert.NotNull(page.Find($".right [data-mail-id='{mail.Id}'][data-state=Uncertain]")); // its step is open
        Assert.Contains("\"waitingFor\":\"resolution\"", System.Text.Json.JsonSerializer.Serialize(await _screen.Host.Get<RunReader>().FindAsync(run, _screen.Ana.Workspace, default), Problems.Json), StringComparison.Ordinal);
    }

    private IRenderedComponent<OutboxMailPage> Show(Guid mail, Actor? actor = null) => _screen.Show<OutboxMailPage>(actor ?? _screen.Ana, x => x.Add(p => p.Id, mail));

    private static string Text(IRenderedComponent<OutboxMailPage> page) => string.Join(' ', page.Find("[data-mail-id]").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
