using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Settings;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Sending;

/// <summary>The mail server's settings, as an administrator fills them in.</summary>
public sealed class MailSettingsTests : IAsyncLifetime
{
    private const string Password = "mail password of the desk";

    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task A_server_is_saved_its_password_never_shown_and_it_is_removed_again()
    {
        var page = Show();
        await FillAsync(page, ("host", "mail.example.org"), ("user", "desk"), ("password", Password), ("from", "Desk <desk@example.org>"));
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("saved", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal(["mail.example.org", 587L, "StartTls", "desk", "Desk <desk@example.org>"], (await _screen.Host.QueryAsync("SELECT Host, Port, Security, User, \"From\" FROM MailServers"))[0]);
        var again = Show();
        Assert.StartsWith("stored", again.Find("[data-setting=password]").GetAttribute("placeholder"), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, page.Markup + again.Markup + string.Join(' ', (await _screen.Host.QueryAsync("SELECT ProtectedPassword, (SELECT group_concat(After) FROM AuditEntries) FROM MailServers"))[0]), StringComparison.Ordinal);
        await FillAsync(again, ("from", "help@example.org"));
        await again.Find("[data-action=save]").ClickAsync(new());
        Assert.NotNull(await _screen.Host.ScalarAsync("SELECT ProtectedPassword FROM MailServers"));
        var pressed = again.Find("[data-action=remove]").ClickAsync(new());
        _screen.Dialogs.WaitForElement(".mud-dialog");
        await _screen.Dialogs.FindAll(".mud-dialog button").Single(x => x.TextContent.Contains("Remove it", StringComparison.Ordinal)).ClickAsync(new());
        await pressed;
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM MailServers"));
        Assert.Equal("", again.Find("[data-setting=host]").GetAttribute("value"));
    }

    [Theory]
    [InlineData("host", "not a host", "must be the name")]
    [InlineData("port", "99999", "must be between")]
    [InlineData("port", "many", "whole number")]
    [InlineData("from", "nobody", "no address")]
    [InlineData("from", "", "is missing")]
    public async Task What_is_wrong_is_said_beside_its_field(string field, string value, string said)
    {
        var page = Show();
        await FillAsync(page, ("host", "mail.example.org"), ("from", "desk@example.org"), (field, value));
        foreach (var action in (string[])["save", "test"])
        {
            await page.Find($"[data-action={action}]").ClickAsync(new());
            page.WaitForAssertion(() => Assert.Contains(said, page.Find($"div:has(> [data-setting={field}]) > .error").TextContent, StringComparison.Ordinal));
        }
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM MailServers"));
    }

    [Fact]
    public async Task The_usual_port_goes_with_the_security()
    {
        var page = Show();
        foreach (var (security, port) in new[] { ("Tls", "465"), ("None", "25"), ("StartTls", "587") })
        {
            await FillAsync(page, ("security", security));
            Assert.Equal(port, page.Find("[data-setting=port]").GetAttribute("value"));
        }
        await FillAsync(page, ("port", "2525"), ("security", "Tls"));
        Assert.Equal("2525", page.Find("[data-setting=port]").GetAttribute("value"));
        await FillAsync(page, ("security", "None"), ("host", "mail.example.org"), ("user", "desk"), ("password", Password), ("from", "desk@example.org"));
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("STARTTLS or TLS", page.Find(".error").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_test_mail_goes_to_who_asks_and_shows_what_the_server_says_while_nothing_is_saved()
    {
        var refuses = false;
        await using var server = new ScriptedSmtpServer((moment, _) => refuses && moment == SmtpMoment.Recipient ? SmtpDeed.Say("550 nobody of that name") : null);
        var page = Show();
        await FillAsync(page, ("host", "127.0.0.1"), ("security", "None"), ("port", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("from", "desk@example.org"));
        await page.Find("[data-action=test]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains($"took a mail to {_screen.Ana.Name}", page.Find("[data-tested=ok]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Equal([_screen.Ana.Name], Assert.Single(server.Delivered).Recipients);
        refuses = true;
        await page.Find("[data-action=test]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("nobody of that name", page.Find("[role=alert]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Empty(page.FindAll("[data-tested]"));
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM MailServers"));
    }

    [Fact]
    public async Task It_is_for_administrators()
    {
        var designer = await _screen.MemberAsync(Role.Designer, Rights.Operator);
        Assert.Contains("You may not see this page", Show(designer).Markup, StringComparison.Ordinal);
        var page = Show(designer with { Role = Role.Administrator });
        await FillAsync(page, ("host", "mail.example.org"), ("from", "desk@example.org"));
        foreach (var action in (string[])["save", "test"])
        {
            await page.Find($"[data-action={action}]").ClickAsync(new());
            page.WaitForAssertion(() => Assert.Contains("This is for administrators.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        }
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM MailServers"));
    }

    private IRenderedComponent<MailPage> Show(Actor? actor = null) => _screen.Show<MailPage>(actor ?? _screen.Ana);

    private static async Task FillAsync(IRenderedComponent<MailPage> page, params (string Field, string Value)[] values)
    {
        foreach (var (field, value) in values) await page.Find($"[data-setting={field}]").ChangeAsync(new() { Value = value });
    }
}
