using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>The sign-in page, in an application of its own: passwords may be tried a few times a minute.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pd-sign-in-");
    private AppProcess _app = null!;

    public async Task InitializeAsync() => _app = await AppProcess.StartAsync(_folder.FullName);

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Nobody_is_looked_up_as_long_as_somebody()
    {
        using var browser = new Browser(_app.Address);
        var (known, unknown) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 4; i++)
        {
            known = Shorter(known, await TriedAsync(browser, AppProcess.Administrator));
            unknown = Shorter(unknown, await TriedAsync(browser, "nobody@example.org"));
        }
        Assert.InRange(unknown / known, 0.4, 2.5); // both hash a password, which is nearly all of the time
    }

    [Fact]
    public async Task The_sixth_try_within_a_minute_is_refused_even_with_the_right_password()
    {
        using var browser = new Browser(_app.Address);
        for (var i = 0; i < 5; i++) Assert.Equal(401, (int)(await browser.SignInAsync(AppProcess.Administrator, "a wrong password")).Status);
        var right = await browser.SignInAsync(AppProcess.Administrator, App.Password);
        Assert.Equal(429, (int)right.Status);
        Assert.DoesNotContain("pd=", browser.Cookies, StringComparison.Ordinal);
    }

    [Theory, InlineData("https://evil.example.org"), InlineData("//evil.example.org"), InlineData("/\\evil.example.org"), InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_to_no_other_site(string back)
    {
        using var browser = new Browser(_app.Address);
        var answer = await browser.SubmitAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(back), "sign-in", ("Given.Email", AppProcess.Administrator), ("Given.Password", App.Password));
        Assert.Equal(302, (int)answer.Status);
        Assert.True(answer.Location is "/" || answer.Location == _app.Address + "/", answer.Location);
    }

    private static async Task<TimeSpan> TriedAsync(Browser browser, string mail)
    {
        await browser.GetAsync("/sign-in");
        var since = Stopwatch.StartNew();
        Assert.Equal(401, (int)(await browser.SignInAsync(mail, "a wrong password")).Status);
        return since.Elapsed;
    }

    private static TimeSpan Shorter(TimeSpan x, TimeSpan y) => x < y ? x : y;
}
