using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>A test that looks at pages. Its windows are closed at its end, and none may have complained.</summary>
[Collection("Browser")]
public abstract class BrowserTest(Chromium chromium, Site site) : IAsyncLifetime
{
    private readonly List<Screen> _screens = [];
    private readonly List<AppProcess> _own = [];
    private readonly List<string> _folders = [];

    /// <summary>The application that tests share, with people of every kind.</summary>
    private protected Site Site => site;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var screen in _screens) await screen.Page.Context.DisposeAsync();
        foreach (var app in _own) await app.DisposeAsync();
        foreach (var folder in _folders) Directory.Delete(folder, recursive: true);
        Assert.Empty(_screens.SelectMany(x => x.Complaints));
    }

    private protected Task<Screen> OpenAsync(string? person) => OpenAsync(site.App, person);

    private protected async Task<Screen> OpenAsync(AppProcess app, string? person, BrowserNewContextOptions? options = null)
    {
        var screen = await chromium.OpenAsync(app, person, options);
        _screens.Add(screen);
        return screen;
    }

    /// <summary>A new data directory, deleted at the test's end.</summary>
    private protected string NewFolder()
    {
        _folders.Add(Directory.CreateTempSubdirectory("pd-browser-").FullName);
        return _folders[^1];
    }

    /// <summary>An application of the test's own.</summary>
    private protected async Task<AppProcess> StartAsync(string folder, params (string Key, string? Value)[] settings)
    {
        var app = await AppProcess.StartAsync(folder, settings);
        _own.Add(app);
        return app;
    }

    /// <summary>One that nobody can sign in to yet.</summary>
    private protected Task<AppProcess> StartEmptyAsync() => StartAsync(NewFolder(), ("Bootstrap:AdminEmail", null), ("Bootstrap:AdminPassword", null), ("Bootstrap:ApiKey", null));

    /// <summary>The one open approval of a run.</summary>
    private protected static async Task<string> ApprovalOfAsync(AppProcess app, string run)
    {
        var found = await app.Api.SettledAsync(run);
        Assert.Equal("Waiting", found.GetProperty("status").GetString());
        return (await app.Api.GetAsync("/approvals?status=pending&limit=200")).Ok().GetProperty("items").EnumerateArray().Single(x => x.GetProperty("runId").GetString() == run).GetProperty("id").GetString()!;
    }
}
