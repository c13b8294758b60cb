using System.Text.Json;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>What tests of the canvas do with a mouse, and what they ask of the stored draft.</summary>
public abstract class CanvasScene(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private protected const string Saved = "[data-save=saved]";

    private protected static async Task ReadyAsync(Screen screen)
    {
        await screen.ReadyAsync();
        await screen.Seen("[data-live=on] .react-flow__node");
    }

    private protected async Task<(Screen Screen, string Pipeline)> ChainAsync(string person)
    {
        var pipeline = await MadeAsync(Site.App);
        var screen = await OpenAsync(person);
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await screen.Seen(".react-flow__edge", 2);
        return (screen, pipeline);
    }

    /// <summary>Input, a text, output, side by side.</summary>
    private protected static async Task<string> MadeAsync(AppProcess app) => (await app.Api.PostAsync("/pipelines", """
        { "schemaVersion": 1, "name": "Drawn", "nodes": [
            { "id": "input", "kind": "input", "position": { "x": 0, "y": 0 } }, { "id": "middle", "kind": "text", "position": { "x": 296, "y": 0 }, "settings": { "template": "Hello" } },
            { "id": "out", "kind": "output", "position": { "x": 592, "y": 0 } } ],
          "edges": [ { "from": "input", "to": "middle" }, { "from": "middle", "to": "out" } ] }
        """)).Ok().GetProperty("id").GetString()!;

    private protected static async Task DropAsync(Screen screen, string kind, float x, float y) =>
        await screen[$"[data-palette-kind={kind}]"].DragToAsync(screen[".cv-middle"], new LocatorDragToOptions { TargetPosition = new TargetPosition { X = x, Y = y } });

    private protected static async Task PullAsync(Screen screen, string from, string to, string port = "out")
    {
        var (start, end) = ((await screen[$"[data-node-id={from}] [data-port={port}]"].BoundingBoxAsync())!, (await screen[$"[data-node-id={to}] [data-port=in]"].BoundingBoxAsync())!);
        await DragAsync(screen, start.X + (start.Width / 2), start.Y + (start.Height / 2), end.X + (end.Width / 2), end.Y + (end.Height / 2));
    }

    private protected static async Task DragAsync(Screen screen, float fromX, float fromY, float toX, float toY)
    {
        await screen.Page.Mouse.MoveAsync(fromX, fromY);
        await screen.Page.Mouse.DownAsync();
        await screen.Page.Mouse.MoveAsync((fromX + toX) / 2, (fromY + toY) / 2, new MouseMoveOptions { Steps = 4 });
        await screen.Page.Mouse.MoveAsync(toX, toY, new MouseMoveOptions { Steps = 4 });
        await screen.Page.Mouse.UpAsync();
    }

    private protected static async Task<string> IdAsync(Screen screen) => (await screen["[data-pipeline-id]"].First.GetAttributeAsync("data-pipeline-id"))!;

    private protected static async Task<string> DraftAsync(AppProcess app, string pipeline) => (await app.Api.GetAsync($"/pipelines/{pipeline}/draft")).Text;

    private protected async Task<int> RevisionAsync(string pipeline) => (await Site.App.Api.GetAsync($"/pipelines/{pipeline}")).Ok().GetProperty("draftRevision").GetInt32();

    private protected static async Task<string> StoredAsync(AppProcess app, string pipeline, Func<string, bool> holds)
    {
        var found = "";
        await Wait.UntilAsync("the draft is stored so", async () => holds(found = await DraftAsync(app, pipeline)), seconds: 20);
        return found;
    }

    private protected static string Edges(string draft) => string.Join(' ', JsonDocument.Parse(draft).RootElement.GetProperty("edges").EnumerateArray().Select(x => $"{x.GetProperty("from").GetString()}>{x.GetProperty("to").GetString()}").Order(StringComparer.Ordinal));

    /// <summary>The nodes as written, whatever their order.</summary>
    private protected static string Nodes(string draft) => string.Join('\n', JsonDocument.Parse(draft).RootElement.GetProperty("nodes").EnumerateArray().OrderBy(x => x.GetProperty("id").GetString(), StringComparer.Ordinal).Select(x => x.GetRawText()));

    private protected static (double X, double Y) Place(string draft, string node) =>
        JsonDocument.Parse(draft).RootElement.GetProperty("nodes").EnumerateArray().Single(x => x.GetProperty("id").GetString() == node).TryGetProperty("position", out var at) ? (at.GetProperty("x").GetDouble(), at.GetProperty("y").GetDouble()) : (0, 0);
}
