using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>One Chromium for all tests that look at pages.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly ConcurrentDictionary<(string Address, string Person), string> _sessions = new();
    private IPlaywright? _driver;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM") ?? Places.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("There is no Chromium. Install the package chromium, or set CHROMIUM to its path.");
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP *.example 127.0.0.1"],
        });
        Assertions.SetDefaultExpectTimeout(20_000);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _driver?.Dispose();
    }

    /// <summary>A window of its own, signed in where a person is named. Sign-ins are few a minute, so one for each application and person is kept.</summary>
    internal async Task<Screen> OpenAsync(AppProcess app, string? person, BrowserNewContextOptions? options = null)
    {
        var kept = person is not null && _sessions.TryGetValue((app.Address, person), out var state) ? state : null;
        options ??= new BrowserNewContextOptions();
        options.StorageState = kept;
        options.ReducedMotion = ReducedMotion.Reduce;
        options.ViewportSize ??= new ViewportSize { Width = 1440, Height = 900 };
        var screen = await Screen.OpenAsync(await _browser!.NewContextAsync(options), app);
        if (person is null || kept is not null) return screen;
        await screen.SignInAsync(person, AppProcess.Password);
        await screen.ReadyAsync();
        _sessions[(app.Address, person)] = await screen.Page.Context.StorageStateAsync();
        return screen;
    }
}

/// <summary>A window on the application: what its console and its policy complain of is kept, and a test ends well only without.</summary>
internal sealed partial class Screen
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly List<Regex> _expected = [];

    private Screen(AppProcess app, IPage page) => (App, Page) = (app, page);

    /// <summary>What it looks at.</summary>
    public AppProcess App { get; }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>How often <see cref="ClickAsync"/> was used.</summary>
    public int Clicks { get; private set; }

    /// <summary>What nobody expected.</summary>
    public IReadOnlyList<string> Complaints => [.. _complaints.Where(x => !_expected.Exists(y => y.IsMatch(x)))];

    public static async Task<Screen> OpenAsync(IBrowserContext context, AppProcess app)
    {
        context.SetDefaultTimeout(20_000);
        await context.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', x => console.error(`policy: ${x.violatedDirective} ${x.blockedURI}`))");
        var screen = new Screen(app, await context.NewPageAsync());
        screen.Page.Console += (_, x) =>
        {
            if (x.Type == "error") screen._complaints.Enqueue($"{x.Text} ({x.Location})");
        };
        screen.Page.PageError += (_, x) => screen._complaints.Enqueue(x);
        screen.Page.Dialog += async (_, x) =>
        {
            screen._complaints.Enqueue("dialog: " + x.Message);
            await x.DismissAsync();
        };
        return screen;
    }

    /// <summary>Lets complaints pass that this test provokes.</summary>
    public void Expect(string pattern) => _expected.Add(new Regex(pattern));

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Opens a page of the application without waiting for its circuit.</summary>
    public async Task<int> OpenAsync(string path) => (await Page.GotoAsync(App.Address + path))!.Status;

    /// <summary>Opens a page and waits until it listens.</summary>
    public async Task<int> GoAsync(string path)
    {
        var status = await OpenAsync(path);
        await ReadyAsync();
        return status;
    }

    /// <summary>Until the circuit stands and, where the page shows live things, it listens.</summary>
    public async Task ReadyAsync()
    {
        await Seen("html[data-ready=on]");
        await Assertions.Expect(this["[data-live=off]"]).ToHaveCountAsync(0);
    }

    /// <summary>Until there is one, or a number, of these.</summary>
    public Task Seen(string selector, int? count = null) => count is { } wanted ? Assertions.Expect(this[selector]).ToHaveCountAsync(wanted) : Assertions.Expect(this[selector].First).ToBeAttachedAsync();

    /// <summary>Until a text stands somewhere.</summary>
    public Task Says(string selector, string text) => Assertions.Expect(this[selector].Filter(new LocatorFilterOptions { HasText = text }).First).ToBeVisibleAsync();

    /// <summary>Until the address is so.</summary>
    public Task At(string pattern) => Assertions.Expect(Page).ToHaveURLAsync(new Regex(pattern));

    public async Task ClickAsync(string selector)
    {
        Clicks++;
        await this[selector].First.ClickAsync();
    }

    public Task TypeAsync(string selector, string text) => this[selector].First.FillAsync(text);

    public Task PressAsync(string key) => Page.Keyboard.PressAsync(key);

    /// <summary>Fills in the sign-in page and sends it.</summary>
    public async Task SignInAsync(string person, string password)
    {
        if (!Page.Url.Contains("/sign-in", StringComparison.Ordinal)) await OpenAsync("/sign-in");
        await TypeAsync("#email", person);
        await TypeAsync("#password", password);
        await ClickAsync("button[type=submit]");
    }
}

[CollectionDefinition("Browser")]
public sealed class BrowserCollection : ICollectionFixture<Chromium>, ICollectionFixture<Site>;
