using Bunit;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Pipelines.Canvas;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Tests.Screens;

public sealed class VersionsScreenTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private Guid _pipeline;

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        _pipeline = await _screen.Host.PublishAsync(App.Gate("Held"));
        var editor = _screen.Host.Get<PipelineEditor>();
        Assert.Null((await editor.SaveDraftAsync(_pipeline, 1, App.Gate("Held", editable: false).ToBytes(), _screen.Ana, default)).Refusal);
        Assert.Equal(2, (await editor.PublishAsync(_pipeline, "Nobody edits", _screen.Ana, null, default)).Value);
    }

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task A_roll_back_is_marked_in_the_picture()
    {
        var page = _screen.Show<VersionsPage>(_screen.Ana, x => x.Add(p => p.Id, _pipeline));
        var before = page.FindComponent<GraphView>().Instance.Marks;
        Assert.Empty(before!);
        await page.Find("[data-version='1'] [data-action=activate]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("changed", page.FindComponent<GraphView>().Instance.Marks!["gate"]));
        Assert.NotSame(before, page.FindComponent<GraphView>().Instance.Marks);
    }

    [Fact]
    public async Task A_roll_back_says_that_the_draft_is_ahead_and_takes_the_version_there()
    {
        var page = _screen.Show<PipelinePage>(_screen.Ana, x => x.Add(p => p.Id, _pipeline));
        await page.FindAll(".version button").Single().ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Version 1 is active now; 2 was before. The draft still has the later changes.", _screen.Toasts, StringComparison.Ordinal));
        await _screen.LeaveAsync();
        var toasts = _screen.ShowToasts();
        await toasts.InvokeAsync(() => toasts.FindAll("button").First(x => x.TextContent.Contains("Take version 1 into the draft", StringComparison.Ordinal)).ClickAsync(new()));
        toasts.WaitForAssertion(() => Assert.Contains("The draft is as version 1 now.", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal(1L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Pipelines p JOIN PipelineVersions v ON v.PipelineKey = p.Key AND v.Number = 1 AND v.Graph = p.Draft"));
    }

    [Fact]
    public async Task A_draft_that_is_as_the_version_is_not_mentioned()
    {
        var page = _screen.Show<VersionsPage>(_screen.Ana, x => x.Add(p => p.Id, _pipeline));
        await page.Find("[data-version='1'] [data-action=restore]").ClickAsync(new());
        await page.Find("[data-version='1'] [data-action=activate]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Version 1 is active now; 2 was before.", _screen.Toasts, StringComparison.Ordinal));
        Assert.DoesNotContain("later changes", _screen.Toasts, StringComparison.Ordinal);
    }
}
