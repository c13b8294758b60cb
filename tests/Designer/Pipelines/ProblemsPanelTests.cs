using System.Text.Json;
using Bunit;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>Problems are said, gone to, and mended with one click that can be taken back.</summary>
public sealed class ProblemsPanelTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private DraftSeat _seat = null!;

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        _seat = (await _screen.Host.Get<DraftRooms>().EnterAsync(await _screen.Host.PublishAsync(PipelineFile.Chain(2, "stub/m")), _screen.Ana, CancellationToken.None)).Value!;
    }

    public async Task DisposeAsync()
    {
        await _seat.DisposeAsync();
        await _screen.DisposeAsync();
    }

    [Fact]
    public async Task A_wrong_name_is_mended_by_its_button_and_comes_back_with_undo()
    {
        const string wrong = "Say {{ inptu.text }}";
        var before = _seat.Problems.Count;
        await _seat.ApplyAsync([new SetSetting("p1", "settings/prompt", JsonSerializer.SerializeToElement(wrong))], null, CancellationToken.None);
        Problem? went = null;
        var panel = Show(x => went = x);
        var problem = panel.FindAll("[data-problem-code]").Single(x => x.TextContent.Contains("inptu", StringComparison.Ordinal) && x.QuerySelector("[data-action=fix]") is not null);
        await problem.QuerySelector(".to")!.ClickAsync(new());
        Assert.Equal("p1", went?.Node);
        await panel.FindAll("[data-problem-code]").Single(x => x.TextContent.Contains("inptu", StringComparison.Ordinal)).QuerySelector("[data-action=fix]")!.ClickAsync(new());
        Assert.Equal("Say {{ input.text }}", Prompt);
        Assert.Equal(before, _seat.Problems.Count);
        await _seat.UndoAsync(CancellationToken.None);
        Assert.Equal(wrong, Prompt);
    }

    [Fact]
    public async Task Ways_out_on_which_a_run_would_fail_are_named_until_something_follows()
    {
        Assert.Empty(Show().FindAll("[data-loose]"));
        var kind = new AddNode(JsonSerializer.SerializeToElement(new { id = "kind", kind = "classify", name = "What it is", position = new { x = 0, y = 0 }, settings = new { text = "x", routes = new[] { new { port = "praise" } } } }));
        Assert.Null((await _seat.ApplyAsync([kind, new AddEdge(new DraftEdge("p1", "kind"))], null, CancellationToken.None)).Refusal);
        Assert.Contains("“unsure” of What it is", Show().Find("[data-loose]").TextContent, StringComparison.Ordinal);
        Assert.Null((await _seat.ApplyAsync([new AddEdge(new DraftEdge("kind", "out", "unsure"))], null, CancellationToken.None)).Refusal);
        Assert.Empty(Show().FindAll("[data-loose]"));
    }

    private string? Prompt => _seat.Graph.Nodes.Single(x => x.Id == "p1").Settings.GetProperty("prompt").GetString();

    private IRenderedComponent<ProblemsPanel> Show(Action<Problem>? go = null) => _screen.Show<ProblemsPanel>(_screen.Ana, x => x.Add(y => y.Seat, _seat).Add(y => y.OnGo, go ?? (_ => { })));
}
