using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Who comes in, and who is out again.</summary>
public sealed class SignInTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    [Fact]
    public async Task Five_wrong_passwords_lock_one_account_and_no_other()
    {
        var app = await StartAsync(NewFolder());
        foreach (var email in new[] { "eve@example.org", "fay@example.org" })
            (await app.Api.PostAsync("/members", new { email, role = "Viewer", password = AppProcess.Password })).Ok();
        var screen = await OpenAsync(app, null);
        screen.Expect("401|429");
        for (var i = 1; i <= 5; i++)
        {
            await screen.SignInAsync("eve@example.org", $"wrong password {i}");
            await screen.Says("[role=alert]", i < 5 ? "Mail address or password is wrong." : "locked for 15 minutes");
        }
        await screen.SignInAsync("eve@example.org", AppProcess.Password);
        await screen.Says("[role=alert]", "Too many attempts");
        await screen.SignInAsync("nobody@example.org", AppProcess.Password);
        await screen.Says("[role=alert]", "Mail address or password is wrong.");
        await screen.SignInAsync("fay@example.org", AppProcess.Password);
        await screen.Says("h1", "Home");
        var cookie = Assert.Single(await screen.Page.Context.CookiesAsync(), x => x.Name == "pd");
        Assert.Equal((true, SameSiteAttribute.Lax), (cookie.HttpOnly, cookie.SameSite));
    }

    [Fact]
    public async Task Who_signs_out_is_out_and_everywhere_means_every_browser_within_a_minute()
    {
        var person = await Site.NewPersonAsync("Designer");
        var here = await OpenAsync(person);
        var there = await OpenAsync(null);
        await there.SignInAsync(person, AppProcess.Password);
        await there.ReadyAsync();
        var third = await OpenAsync(null);
        await third.SignInAsync(person, AppProcess.Password);
        await third.ReadyAsync();

        await third[$"[role=button]:has([title='{person}'])"].FocusAsync();
        await third.PressAsync("Enter");
        await third.ClickAsync("button:has-text('Sign out')");
        await third.At("/sign-in");
        await third.OpenAsync("/runs");
        await third.At("/sign-in\\?returnUrl=");

        await there.GoAsync("/runs");
        await there.ClickAsync($"[title='{person}']"); // the menu opens by mouse too
        await there.Seen("button:has-text('Sign out')");
        await here.GoAsync("/account");
        await here.ClickAsync("button:has-text('Sign out everywhere')");
        await here.At("/sign-in");
        await Assertions.Expect(there.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"), new PageAssertionsToHaveURLOptions { Timeout = 60_000 });
        await there.OpenAsync("/runs");
        await there.At("/sign-in\\?returnUrl=");
        await there.SignInAsync(person, AppProcess.Password);
        await there.At("/runs$");
        await there.ReadyAsync();
    }

    [Fact]
    public async Task An_invitation_takes_in_once()
    {
        var ana = await OpenAsync(AppProcess.Administrator);
        await ana.GoAsync("/settings/members");
        await ana.TypeAsync("[data-setting=email]", "ivy@example.org");
        await ana["[data-setting=role]"].SelectOptionAsync("Designer");
        await ana.ClickAsync("#invite");
        var link = await ana["[data-invitation-link]"].InputValueAsync();

        var ivy = await OpenAsync(null);
        await ivy.Page.GotoAsync(link);
        await ivy.Says("p", "ana@example.org invited ivy@example.org as Designer");
        await ivy.TypeAsync("#password", AppProcess.Password);
        await ivy.ClickAsync("button[type=submit]");
        await ivy.Says("h1", "Home");
        await ivy.ReadyAsync();
        await ivy.GoAsync("/account");
        await ivy.Says("dd", "Designer");
        await ivy.Says("dd", "Reviewer");

        var other = await OpenAsync(null);
        other.Expect("410");
        Assert.Equal(410, (await other.Page.GotoAsync(link))!.Status);
        await other.Says("h1", "This invitation is not valid");
    }
}
