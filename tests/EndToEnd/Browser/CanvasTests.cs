using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Drawing a pipeline: by mouse, by keyboard, in two browsers at once, and past a server that dies.</summary>
public sealed class CanvasTests(Chromium chromium, Site site) : CanvasScene(chromium, site)
{
    [Fact]
    public async Task A_prompt_is_drawn_between_input_and_output_by_mouse_and_is_there_after_a_reload()
    {
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync("/pipelines");
        await screen.ClickAsync("[data-action=new]");
        await screen.At("/design$");
        await ReadyAsync(screen);
        var pipeline = await IdAsync(screen);
        await DropAsync(screen, "prompt", 420, 300);
        await screen.Seen("[data-node-id=prompt]");
        await PullAsync(screen, "input", "prompt");
        await PullAsync(screen, "prompt", "output");
        await StoredAsync(Site.App, pipeline, x => Edges(x) is "input>prompt prompt>output");

        await screen.ClickAsync("[data-node-id=prompt] .cv-name");
        await screen.TypeAsync("textarea[data-setting=prompt]", "Say hello to {{ input.name }}.");
        await screen.PressAsync("Tab");
        var stored = await StoredAsync(Site.App, pipeline, x => x.Contains("Say hello to", StringComparison.Ordinal));
        await screen.Says("[data-node-id=prompt]", "Say hello to");

        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await screen.Seen(".react-flow__edge", 2);
        await screen.Says("[data-node-id=prompt]", "Say hello to");
        Assert.Equal(stored, await DraftAsync(Site.App, pipeline));
    }

    [Fact]
    public async Task What_is_deleted_leaves_its_neighbours_connected_and_comes_back_with_undo()
    {
        var (screen, pipeline) = await ChainAsync(Site.Designer);
        var before = Nodes(await DraftAsync(Site.App, pipeline));
        await screen.ClickAsync("[data-node-id=middle] .cv-name");
        await screen.PressAsync("Delete");
        await screen.Seen("[data-node-id=middle]", 0);
        await StoredAsync(Site.App, pipeline, x => Edges(x) is "input>out");
        await screen.PressAsync("Control+z");
        await screen.Seen("[data-node-id=middle]");
        Assert.Equal(before, Nodes(await StoredAsync(Site.App, pipeline, x => Edges(x) is "input>middle middle>out")));
        await screen.ClickAsync("[data-action=redo]");
        await screen.Seen("[data-node-id=middle]", 0);
        await StoredAsync(Site.App, pipeline, x => Edges(x) is "input>out");
    }

    [Fact]
    public async Task A_drag_is_one_edit_and_panning_is_none()
    {
        var (screen, pipeline) = await ChainAsync(Site.Designer);
        var revision = await RevisionAsync(pipeline);
        var box = (await screen[".cv-middle"].BoundingBoxAsync())!;
        await DragAsync(screen, box.X + (box.Width / 2), box.Y + box.Height - 200, box.X + (box.Width / 2) + 60, box.Y + box.Height - 260);
        var node = (await screen["[data-node-id=middle] .cv-name"].BoundingBoxAsync())!;
        await DragAsync(screen, node.X + 10, node.Y + 8, node.X + 90, node.Y + 128);
        await StoredAsync(Site.App, pipeline, x => x.Contains("\"position\"", StringComparison.Ordinal) && Place(x, "middle").Y > 60);
        Assert.Equal(revision + 1, await RevisionAsync(pipeline));
    }

    [Fact]
    public async Task Refused_connections_say_why()
    {
        var (screen, pipeline) = await ChainAsync(Site.Designer);
        var before = await DraftAsync(Site.App, pipeline);
        await PullAsync(screen, "input", "middle");
        await screen.Says(".cv-message", "are connected already");
        Assert.Equal(before, await DraftAsync(Site.App, pipeline));
    }

    [Fact]
    public async Task Two_people_in_one_draft_see_each_other_and_what_the_other_draws()
    {
        var (first, pipeline) = await ChainAsync(Site.Designer);
        var second = await OpenAsync(Site.Manager);
        await second.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(second);
        await first.Seen($".avatar[title^='{Site.Manager}']");
        await second.Seen($".avatar[title^='{Site.Designer}']");
        await Task.WhenAll(DropAsync(first, "text", 300, 420), DropAsync(second, "switch", 300, 520));
        foreach (var screen in new[] { first, second })
        {
            await screen.Seen("[data-node-id=text]");
            await screen.Seen("[data-node-id=switch]");
        }
        await StoredAsync(Site.App, pipeline, x => x.Contains("\"text\"", StringComparison.Ordinal) && x.Contains("\"switch\"", StringComparison.Ordinal));
        await second.GoAsync("/");
        await first.Seen($".avatar[title^='{Site.Manager}']", 0);
    }

    [Fact]
    public async Task A_server_that_dies_between_two_edits_loses_none()
    {
        var folder = NewFolder();
        var app = await StartAsync(folder);
        var pipeline = await MadeAsync(app);
        var screen = await OpenAsync(app, AppProcess.Administrator);
        screen.Expect("WebSocket|ERR_|Connection disconnected|Failed to (fetch|start|complete)|Error:|circuit|reconnect");
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await DropAsync(screen, "text", 300, 420);
        await screen.Seen("[data-node-id=text]");
        await StoredAsync(app, pipeline, x => x.Contains("\"text\"", StringComparison.Ordinal));
        await app.KillAsync();
        await DropAsync(screen, "switch", 560, 520);
        await screen.Seen("[data-node-kind=switch]");
        await screen.Says("[data-save]", "Not saved yet: connection lost");
        var again = await StartAsync(folder, ("Urls", app.Address));
        await screen.Seen("#components-reconnect-modal[open]", 0);
        await ReadyAsync(screen);
        await screen.Seen("[data-node-id=text]");
        await screen.Seen("[data-node-kind=switch]");
        await screen.Seen(Saved);
        await StoredAsync(again, pipeline, x => x.Contains("\"text\"", StringComparison.Ordinal) && x.Contains("\"switch\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Somebody_without_a_mouse_adds_connects_moves_and_deletes()
    {
        var pipeline = await MadeAsync(Site.App);
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await screen.PressAsync("/");
        await screen.Seen(".cv-picker input:focus");
        await screen.Page.Keyboard.TypeAsync("class");
        await screen.PressAsync("Enter");
        await screen.Seen(".react-flow__node.selected:focus [data-node-id=classify]");
        await screen.PressAsync("c");
        await screen.Seen(".cv-picker input:focus");
        await screen.Page.Keyboard.TypeAsync("out");
        await screen.PressAsync("Enter");
        await StoredAsync(Site.App, pipeline, x => Edges(x).Contains("classify>out", StringComparison.Ordinal));
        await screen.Seen(".react-flow__node.selected:focus [data-node-id=classify]");
        var at = Place(await DraftAsync(Site.App, pipeline), "classify");
        await screen.PressAsync("ArrowDown");
        await StoredAsync(Site.App, pipeline, x => Place(x, "classify").Y > at.Y);
        await screen.PressAsync("Delete");
        await screen.Seen("[data-node-id=classify]", 0);
        await StoredAsync(Site.App, pipeline, x => Edges(x) is "input>middle middle>out");
        Assert.Equal(0, screen.Clicks);
    }

    [Fact]
    public async Task A_try_shows_on_the_canvas_what_each_step_does()
    {
        var screen = await OpenAsync(Site.DesigningReviewer);
        await screen.GoAsync($"/pipelines/{Site.Triage}/design");
        await ReadyAsync(screen);
        await screen.ClickAsync("[data-drawer=try]");
        await screen.TypeAsync("[data-input=text]", "Where is my parcel?");
        await screen.ClickAsync("[aria-label='Show everything']"); // only what is in view is drawn
        await screen.ClickAsync(".drawer [data-action=try]");
        await screen.Seen("[data-node-id=triage][data-state=Succeeded]");
        await screen.Seen("[data-node-id=check][data-state=Waiting]");
        await screen.ClickAsync(".drawer [data-action=cancel]");
        await screen.Seen(".drawer [data-run-id][data-state=Cancelled]");
    }
}
