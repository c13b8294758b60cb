using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Notices;
using PromptDesigner.Designer.Settings;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Tests.Notices;

/// <summary>A person's own page of notices, and where an administrator says how the application is opened.</summary>
public sealed class NoticesPageTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_chosen_is_kept_for_this_person_alone()
    {
        var bea = await _screen.MemberAsync(Role.Viewer);
        var page = Show(bea);
        Assert.True(page.Find("[data-choice=ApprovalWaits-Each]").HasAttribute("checked"));
        await page.Find("[data-choice=ApprovalWaits-Daily]").ChangeAsync(new() { Value = "Daily" });
        await page.Find("[data-choice=SendingPaused-Never]").ChangeAsync(new() { Value = "Never" });
        await page.Find("[data-setting=hour]").ChangeAsync(new() { Value = "6" });
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "Europe/Berlin" });
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Saved.", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal([6L, "Europe/Berlin"], (await _screen.Host.QueryAsync("SELECT Hour, TimeZone FROM NoticeDigests")).Single());
        var again = Show(bea);
        Assert.True(again.Find("[data-choice=ApprovalWaits-Daily]").HasAttribute("checked"));
        Assert.True(again.Find("[data-choice=SendingPaused-Never]").HasAttribute("checked"));
        Assert.Equal("Europe/Berlin", again.Find("[data-setting=timeZone]").GetAttribute("value"));
        await again.Find("[data-action=own-zone]").ClickAsync(new());
        Assert.Equal("UTC", again.Find("[data-setting=timeZone]").GetAttribute("value"));
        Assert.True(Show(_screen.Ana).Find("[data-choice=ApprovalWaits-Each]").HasAttribute("checked"));
    }

    [Fact]
    public async Task A_zone_that_is_none_is_said_beside_its_field()
    {
        var page = Show(_screen.Ana);
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "Nowhere" });
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("time zone", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM NoticeChoices"));
    }

    [Fact]
    public async Task It_says_that_no_server_is_set_up_until_there_is_one()
    {
        var viewer = await _screen.MemberAsync(Role.Viewer);
        Assert.Contains("An administrator can set one up", Show(viewer).Find("[data-notice=no-server]").TextContent, StringComparison.Ordinal);
        Assert.Equal("/settings/mail", Show(_screen.Ana).Find("[data-notice=no-server] a").GetAttribute("href"));
        await _screen.Host.Get<MailServerBook>().SaveAsync(new MailServerDraft("mail.example.org", 587, MailSecurity.StartTls, null, null, "desk@example.org"), _screen.Ana, CancellationToken.None);
        Assert.Empty(Show(viewer).FindAll("[data-notice=no-server]"));
    }

    [Fact]
    public async Task The_last_notices_are_shown_with_what_became_of_them_and_those_of_nobody_else()
    {
        var bea = await _screen.MemberAsync(Role.Viewer, Rights.Reviewer);
        await _screen.HeldAsync();
        await _screen.Host.Get<OutboxDesk>().PauseAsync(bea with { Role = Role.Administrator }, CancellationToken.None);
        await _screen.Host.QueryAsync("UPDATE Notices SET Subject = '<b>Held</b>', Status = 5, Answer = 'It was decided before this left.' WHERE Kind = 0");
        var page = Show(bea);
        var line = Assert.Single(page.FindAll("[data-told]"));
        Assert.Equal("Dropped", line.GetAttribute("data-told"));
        Assert.StartsWith("/approvals/", line.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("<b>Held</b> waits for your decision", line.TextContent, StringComparison.Ordinal);
        Assert.Contains("decided before this left", line.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-told] b"));
        Assert.Contains("paused sending", Assert.Single(Show(_screen.Ana).FindAll("[data-told]")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_says_where_the_application_is_opened()
    {
        var page = _screen.Show<MailPage>(_screen.Ana);
        Assert.Equal("http://localhost", page.Find("[data-setting=address]").GetAttribute("value"));
        await page.Find("[data-setting=address]").ChangeAsync(new() { Value = "https://ana:secret@example.com" });
        await page.Find("[data-action=save-address]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("user name", page.Find(".error").TextContent, StringComparison.Ordinal));
        await page.Find("[data-setting=address]").ChangeAsync(new() { Value = "https://prompts.example.com/" });
        await page.Find("[data-action=save-address]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("address is saved", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal("https://prompts.example.com", await _screen.Host.ScalarAsync("SELECT Address FROM Workspaces"));
        Assert.Equal("https://prompts.example.com", _screen.Show<MailPage>(_screen.Ana).Find("[data-setting=address]").GetAttribute("value"));
    }

    [Fact]
    public async Task Who_saves_a_server_keeps_the_address_that_the_page_was_opened_at()
    {
        var page = _screen.Show<MailPage>(_screen.Ana);
        await page.Find("[data-setting=host]").ChangeAsync(new() { Value = "mail.example.org" });
        await page.Find("[data-setting=from]").ChangeAsync(new() { Value = "desk@example.org" });
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("server is saved", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal("http://localhost", await _screen.Host.ScalarAsync("SELECT Address FROM Workspaces"));
    }

    private IRenderedComponent<NoticesPage> Show(Actor person)
    {
        var page = _screen.Show<NoticesPage>(person);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-told], .empty")));
        return page;
    }
}
