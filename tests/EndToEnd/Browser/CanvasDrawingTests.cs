using System.Text.Json;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>How large a step is drawn is known before it is in view, and lines end in its dots.</summary>
public sealed class CanvasDrawingTests(Chromium chromium, Site site) : CanvasScene(chromium, site)
{
    private const string File = """
        { "schemaVersion": 1, "name": "Wide", "nodes": [
            { "id": "input", "kind": "input", "position": { "x": 0, "y": 0 }, "settings": { "fields": [{ "name": "text", "type": "text" }] } },
            { "id": "class", "kind": "classify", "name": "Which of all our many departments is this letter for", "position": { "x": 640, "y": 200 },
              "settings": { "text": "{{ input.text }}", "routes": [{ "port": "one", "title": "The first of three" }, { "port": "two" }, { "port": "three" }] } },
            { "id": "branch", "kind": "switch", "position": { "x": 1280, "y": 0 } },
            { "id": "plain", "kind": "text", "position": { "x": 1920, "y": 0 } },
            { "id": "told", "kind": "text", "name": "A name that is too long for one line", "position": { "x": 2560, "y": 0 }, "settings": { "template": "Hello {{ input.text }}", "onError": "route" } },
            { "id": "each", "kind": "forEach", "position": { "x": 3200, "y": 0 }, "size": { "width": 400, "height": 240 }, "settings": { "items": "input.text", "result": "inner" } },
            { "id": "inner", "kind": "prompt", "parent": "each", "position": { "x": 64, "y": 80 }, "settings": { "prompt": "Judge {{ item }}" } },
            { "id": "again", "kind": "repeat", "position": { "x": 3840, "y": 0 } },
            { "id": "gate", "kind": "approval", "name": "Wwwwwwwwwwwwww", "position": { "x": 4480, "y": 0 } },
            { "id": "output", "kind": "output", "position": { "x": 5120, "y": 400 } } ],
          "edges": [{ "from": "input", "to": "class" }, { "from": "class", "fromPort": "one", "to": "branch" }, { "from": "class", "fromPort": "three", "to": "plain" }, { "from": "plain", "to": "told" },
            { "from": "told", "to": "each" }, { "from": "told", "fromPort": "error", "to": "output" }, { "from": "each", "to": "again" }, { "from": "again", "to": "gate" }, { "from": "gate", "fromPort": "approved", "to": "output" }],
          "notes": [{ "id": "one", "text": "A note", "position": { "x": 5760, "y": 0 } }] }
        """;

    [Fact]
    public async Task Steps_out_of_view_have_the_size_that_they_are_drawn_with_and_lines_end_in_their_dots()
    {
        var pipeline = (await Site.App.Api.PostAsync("/pipelines", JsonDocument.Parse(File).RootElement)).Ok().GetProperty("id").GetString()!;
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        Assert.InRange(await screen[".react-flow__node"].CountAsync(), 1, 4);
        const string overview = "() => [...document.querySelectorAll('.react-flow__minimap-node')].map(x => `${x.getAttribute('width')}×${x.getAttribute('height')}`)";
        var expected = await screen.Page.EvaluateAsync<string[]>(overview);
        await screen.ClickAsync("[aria-label='Show everything']");
        await screen.Seen(".react-flow__node", 11);
        Assert.Equal(await screen.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.react-flow__node')].map(x => `${x.offsetWidth}×${x.offsetHeight}`)"), expected);
        var far = await screen.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('.react-flow__edge')].flatMap(edge => {
              const [from, to] = edge.dataset.id.split('>').map(x => x.split(':'));
              const path = edge.querySelector('path.cv-wire'), matrix = path.getScreenCTM();
              const seen = at => new DOMPoint(at.x, at.y).matrixTransform(matrix);
              const dot = ([node, port]) => document.querySelector(`[data-node-id=${node}] [data-port=${port}]`).getBoundingClientRect();
              const [a, b] = [dot(from), dot(to)];
              const [start, end] = [seen(path.getPointAtLength(0)), seen(path.getPointAtLength(path.getTotalLength()))];
              const off = Math.max(Math.abs(start.x - a.right), Math.abs(start.y - (a.top + a.bottom) / 2), Math.abs(end.x - b.left), Math.abs(end.y - (b.top + b.bottom) / 2)) / matrix.a;
              return off > 1.5 ? [`${edge.dataset.id}: ${off} px`] : [];
            })
            """);
        Assert.Empty(far);
        Assert.Equal(9, await screen[".react-flow__edge"].CountAsync());
    }
}
