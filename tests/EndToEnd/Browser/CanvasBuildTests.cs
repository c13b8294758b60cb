namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>A whole pipeline from an empty canvas, by mouse only and by keyboard only: both make the same file.</summary>
public sealed class CanvasBuildTests(Chromium chromium, Site site) : CanvasScene(chromium, site)
{
    [Fact]
    public async Task Support_triage_is_drawn_by_mouse()
    {
        var screen = await NewAsync();
        await SupportTriage.DrawAsync(new MouseHands(screen, (kind, x, y) => DropAsync(screen, kind, x, y), (from, port, to) => PullAsync(screen, from, to, port)));
        await MadeAsync(screen);
    }

    [Fact]
    public async Task Support_triage_is_drawn_by_keyboard()
    {
        var screen = await NewAsync();
        var clicks = screen.Clicks;
        await SupportTriage.DrawAsync(new KeyHands(screen));
        Assert.Equal(clicks, screen.Clicks);
        await MadeAsync(screen);
    }

    private async Task<Screen> NewAsync()
    {
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync("/pipelines");
        await screen.ClickAsync("[data-action=new]");
        await screen.At("/design$");
        await ReadyAsync(screen);
        return screen;
    }

    /// <summary>The stored draft says what is expected, has no problem, and is published.</summary>
    private async Task MadeAsync(Screen screen)
    {
        await screen.Seen(Saved);
        var pipeline = await IdAsync(screen);
        Assert.Equal(SupportTriage.Meaning(SupportTriage.Expected), SupportTriage.Meaning(await DraftAsync(Site.App, pipeline)));
        await screen.Says("[data-drawer=problems]", "No problems");
        Assert.Equal(1, (await Site.App.Api.PostAsync($"/pipelines/{pipeline}/versions", new { })).Ok().GetProperty("version").GetInt32());
    }
}
