using System.Text.Json;
using Microsoft.Playwright;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>A pipeline's way over the canvas: imported, edited, taken back, copied, folded, tried, published, compared and rolled back.</summary>
public sealed class CanvasEditTests(Chromium chromium, Site site) : CanvasScene(chromium, site)
{
    private const string File = """
        { "schemaVersion": 1, "name": "Read reviews", "nodes": [
            { "id": "input", "kind": "input", "position": { "x": 0, "y": 80 }, "settings": { "fields": [{ "name": "reviews", "type": "list" }] } },
            { "id": "each", "kind": "forEach", "name": "Every review", "position": { "x": 296, "y": 0 }, "size": { "width": 320, "height": 176 }, "settings": { "items": "input.reviews", "result": "judge" } },
            { "id": "judge", "kind": "prompt", "name": "Judge it", "parent": "each", "position": { "x": 40, "y": 64 }, "settings": { "prompt": "Judge {{ item }}" } },
            { "id": "output", "kind": "output", "position": { "x": 700, "y": 80 }, "settings": { "fields": [{ "name": "all", "value": "each" }] } } ],
          "edges": [{ "from": "input", "to": "each" }, { "from": "each", "to": "output" }] }
        """;

    [Fact]
    public async Task Thirty_edits_are_taken_back_one_by_one_and_made_again()
    {
        var (screen, pipeline) = await ImportedAsync();
        var start = SupportTriage.Meaning(await DraftAsync(Site.App, pipeline));
        for (var i = 0; i < 10; i++)
        {
            await DropAsync(screen, "text", 120 + (i % 5 * 150), 420 + (i / 5 * 120));
            var id = i == 0 ? "text" : $"text_{i + 1}";
            await screen.Seen($".react-flow__node.selected [data-node-id={id}]");
            await screen.Seen($"[data-inspects={id}]");
            await screen.TypeAsync("[data-setting-of=Name] [data-setting=name]", $"Note {i}");
            await screen.PressAsync("Tab");
            await screen.Says($"[data-node-id={id}]", $"Note {i}");
            await screen.TypeAsync("[data-setting=template]", $"Text {i}");
            await screen.PressAsync("Tab");
            await screen.Says($"[data-node-id={id}]", $"Text {i}");
            await screen.Seen(Saved);
        }
        var end = SupportTriage.Meaning(await DraftAsync(Site.App, pipeline));
        var seen = new List<string> { end };
        while (await screen["[data-action=undo]"].IsEnabledAsync())
        {
            await screen.ClickAsync("[data-action=undo]");
            var before = seen[^1];
            await Wait.UntilAsync("the step is taken back", async () => SupportTriage.Meaning(await DraftAsync(Site.App, pipeline)) != before, seconds: 20);
            seen.Add(SupportTriage.Meaning(await DraftAsync(Site.App, pipeline)));
            await screen.Seen("[data-action=redo]:not([disabled])");
        }
        Assert.Equal((31, start), (seen.Count, seen[^1]));
        for (var i = 29; i >= 0; i--)
        {
            await screen.ClickAsync("[data-action=redo]");
            var wanted = seen[i];
            await Wait.UntilAsync("the step is made again", async () => SupportTriage.Meaning(await DraftAsync(Site.App, pipeline)) == wanted, seconds: 20);
        }
    }

    [Fact]
    public async Task A_list_s_container_dropped_between_two_steps_makes_room_and_says_by_itself_what_it_takes_and_gives()
    {
        var pipeline = (await Site.App.Api.PostAsync("/pipelines", new
        {
            schemaVersion = 1, name = "Between", edges = new[] { new { from = "input", to = "output" } },
            nodes = new object[] { new { id = "input", kind = "input", position = new { x = 0, y = 0 }, settings = new { fields = new[] { new { name = "reviews", type = "list" } } } }, new { id = "output", kind = "output", position = new { x = 400, y = 0 }, settings = new { fields = new[] { new { name = "all", value = "{{ foreach }}" } } } } },
        })).Ok().GetProperty("id").GetString()!;
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        foreach (var _ in Enumerable.Range(0, 3)) await screen.ClickAsync("[aria-label='Zoom out']");
        var (canvas, wire) = ((await screen[".cv-middle"].BoundingBoxAsync())!, (await screen[".react-flow__edge-path"].First.BoundingBoxAsync())!);
        await DropAsync(screen, "forEach", wire.X + (wire.Width / 2) - canvas.X, wire.Y + (wire.Height / 2) - canvas.Y);
        await screen.Seen("[data-node-id=foreach]");
        await screen.Seen(Saved);
        var box = (await screen["[data-node-id=foreach]"].BoundingBoxAsync())!;
        Assert.True((await screen["[data-node-id=output]"].BoundingBoxAsync())!.X > box.X + box.Width, "The output lies under the container.");
        await DropAsync(screen, "classify", box.X + (box.Width / 2) - canvas.X, box.Y + (box.Height / 2) - canvas.Y);
        await screen.Seen("[data-node-id=classify]");
        var draft = JsonDocument.Parse(await StoredAsync(Site.App, pipeline, x => x.Contains("classify", StringComparison.Ordinal))).RootElement;
        var each = draft.GetProperty("nodes").EnumerateArray().Single(x => x.GetProperty("id").GetString() == "foreach").GetProperty("settings");
        Assert.Equal(("input.reviews", "classify.route"), (each.GetProperty("items").GetString(), each.GetProperty("result").GetString()));
        Assert.Equal("foreach>output input>foreach", Edges(draft.GetRawText()));
    }

    [Fact]
    public async Task A_container_is_copied_with_its_content_into_another_pipeline()
    {
        var (screen, _) = await ImportedAsync();
        await screen.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await screen.ClickAsync("[data-node-id=each] .cv-name");
        await screen.PressAsync("Control+c");
        var other = await MadeAsync(Site.App);
        await screen.GoAsync($"/pipelines/{other}/design");
        await ReadyAsync(screen);
        await screen[".react-flow__pane"].ClickAsync(new LocatorClickOptions { Position = new Position { X = 300, Y = 500 } });
        await screen.PressAsync("Control+v");
        var stored = await StoredAsync(Site.App, other, x => x.Contains("\"judge\"", StringComparison.Ordinal));
        var nodes = JsonDocument.Parse(stored).RootElement.GetProperty("nodes").EnumerateArray().ToDictionary(x => x.GetProperty("id").GetString()!);
        Assert.Equal("each", nodes["judge"].GetProperty("parent").GetString());
        Assert.Equal("judge", nodes["each"].GetProperty("settings").GetProperty("result").GetString());
        await screen.PressAsync("Control+v");
        nodes = JsonDocument.Parse(await StoredAsync(Site.App, other, x => x.Contains("\"judge_2\"", StringComparison.Ordinal))).RootElement.GetProperty("nodes").EnumerateArray().ToDictionary(x => x.GetProperty("id").GetString()!);
        Assert.Equal(("each_2", "judge_2"), (nodes["judge_2"].GetProperty("parent").GetString(), nodes["each_2"].GetProperty("settings").GetProperty("result").GetString()));
    }

    [Fact]
    public async Task A_folded_container_moves_with_its_content_and_stays_folded()
    {
        var (screen, pipeline) = await ImportedAsync();
        var before = SupportTriage.Meaning(await DraftAsync(Site.App, pipeline));
        await screen.ClickAsync("[aria-label='Fold Every review']");
        await screen.Seen("[data-node-id=judge]", 0);
        await screen.Says("[data-node-id=each]", "1 step inside");
        var box = (await screen["[data-node-id=each] .cv-name"].BoundingBoxAsync())!;
        await DragAsync(screen, box.X + 10, box.Y + 8, box.X + 90, box.Y + 168);
        var stored = await StoredAsync(Site.App, pipeline, x => Place(x, "each").Y > 100);
        Assert.Equal((before, (40d, 64d)), (SupportTriage.Meaning(stored), Place(stored, "judge")));
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await screen.Seen("[aria-label='Unfold Every review']");
        await screen.ClickAsync("[data-node-id=each] .cv-name");
        await screen.PressAsync("f");
        await screen.Seen("[data-node-id=judge]");
    }

    [Fact]
    public async Task A_connection_s_end_is_moved_and_nodes_are_brought_into_line()
    {
        var (screen, pipeline) = await ImportedAsync();
        await DropAsync(screen, "text", 380, 480);
        await screen.Seen("[data-node-id=text]");
        var (end, to) = ((await screen["[data-node-id=output] [data-port=in]"].BoundingBoxAsync())!, (await screen["[data-node-id=text] [data-port=in]"].BoundingBoxAsync())!);
        await screen.ClickAsync(".react-flow__edge[data-id='each:out>output:in']");
        await DragAsync(screen, end.X - 10, end.Y + (end.Height / 2), to.X + (to.Width / 2), to.Y + (to.Height / 2));
        await StoredAsync(Site.App, pipeline, x => Edges(x) is "each>text input>each");
        await screen.ClickAsync("[data-node-id=input] .cv-name");
        await screen["[data-node-id=text] .cv-name"].ClickAsync(new LocatorClickOptions { Modifiers = [KeyboardModifier.Control] });
        await screen.ClickAsync("[data-align=left]");
        await StoredAsync(Site.App, pipeline, x => Place(x, "text").X == Place(x, "input").X);
    }

    [Fact]
    public async Task A_published_pipeline_is_changed_compared_and_rolled_back()
    {
        var (screen, pipeline) = await ImportedAsync();
        await PublishAsync(screen, "The first");
        var first = await DraftAsync(Site.App, pipeline);
        await screen.ClickAsync("[data-node-id=judge] .cv-name");
        await screen.TypeAsync("[data-setting=prompt]", "Judge kindly {{ item }}");
        await screen.PressAsync("Tab");
        await screen.Seen(Saved);
        await screen.Says("[data-action=versions]", "changed since version 1");
        await screen.ClickAsync("[data-action=versions]");
        await screen.At("versions\\?from=1&to=draft$");
        await screen.Says("[data-difference=judge]", "kindly");
        await screen.Seen("[data-node-id=judge][data-mark=changed]");
        await screen.Seen("[data-difference]", 1);
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await PublishAsync(screen, "Kinder");
        await screen.GoAsync($"/pipelines/{pipeline}/versions");
        await screen.ClickAsync("[data-version='1'] [data-action=activate]");
        await screen.Seen("[data-version='1'] .chip");
        await screen.Seen("[data-node-id=judge][data-mark=changed]");
        Assert.Equal(1, (await Site.App.Api.GetAsync($"/pipelines/{pipeline}")).Ok().GetProperty("activeVersion").GetInt32());
        await screen.ClickAsync("[data-version='1'] [data-action=restore]");
        Assert.Equal(first, await StoredAsync(Site.App, pipeline, x => !x.Contains("kindly", StringComparison.Ordinal)));
        await screen.ClickAsync(".mud-snackbar button:has-text('Undo')");
        await StoredAsync(Site.App, pipeline, x => x.Contains("kindly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_step_is_tried_pinned_and_the_rest_goes_on_from_there()
    {
        var screen = await OpenAsync(Site.DesigningReviewer);
        await screen.GoAsync($"/pipelines/{Site.Triage}/design");
        await ReadyAsync(screen);
        await screen.ClickAsync("[data-drawer=try]");
        await screen.TypeAsync("[data-input=text]", "Where is my parcel?");
        await screen.ClickAsync("[aria-label='Show everything']");
        await screen.ClickAsync("[data-node-id=triage] .cv-name");
        await screen.ClickAsync("[data-action=try-node]");
        await screen.Seen("[data-node-id=triage][data-state=Succeeded]");
        await screen.Seen("[data-node-id=reply][data-state=Skipped]");
        await screen.ClickAsync("[data-action=pin]");
        await screen.Seen("[data-node-id=triage] .cv-pin");
        await screen.ClickAsync("[data-action=keep-inputs]");
        await screen.TypeAsync("[data-name-inputs]", "A lost parcel");
        await screen.ClickAsync(".drawer [data-action=save]");
        await screen.Seen("[data-test-inputs] option:has-text('A lost parcel')");
        await screen.ClickAsync(".drawer [data-action=try]");
        await screen.Seen("[data-node-id=check][data-state=Waiting]");
        await screen.Says("[data-node-id=triage] .cv-foot", "Kept");
        await screen.ClickAsync(".drawer [data-action=cancel]");
        await screen.ClickAsync("[data-action=unpin]");
        await screen.Seen("[data-node-id=triage] .cv-pin", 0);
    }

    private static async Task PublishAsync(Screen screen, string note)
    {
        await screen.ClickAsync("[data-action=publish]");
        await screen.TypeAsync("#note", note);
        await screen.ClickAsync("#publish");
        await screen.Says("[data-action=versions]", "Published");
    }

    private async Task<(Screen Screen, string Pipeline)> ImportedAsync()
    {
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync("/pipelines");
        await screen["input[type=file]"].SetInputFilesAsync(new FilePayload { Name = "reviews.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(File) });
        await screen.At("/pipelines/[0-9a-f-]+(/design)?$");
        var pipeline = new Uri(screen.Page.Url).Segments[2].TrimEnd('/');
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await screen.Seen("[data-node-id=judge]");
        return (screen, pipeline);
    }
}
