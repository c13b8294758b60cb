using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace PromptDesigner.Benchmarks;

/// <summary>A page with a canvas in it, ours or the bare one, and what is measured there.</summary>
internal sealed class CanvasPage(IPage page)
{
    private const int Moves = 60;

    // counts drawn nodes in every frame: when their number changed last, the last visible node was drawn
    public const string Watch = """
        window.canvasDrawn = { count: 0, at: 0 };
        const look = () => {
          const count = [...document.querySelectorAll('.react-flow__node')].filter(x => x.style.visibility !== 'hidden').length;
          if (count !== window.canvasDrawn.count) window.canvasDrawn = { count, at: performance.now() };
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """;

    private int _sent;

    /// <summary>Messages are what the page tells the server by itself; that it has drawn or done what the server asked is acknowledged besides.</summary>
    public void CountMessages() => page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) =>
    {
        if ((frame.Text ?? System.Text.Encoding.Latin1.GetString(frame.Binary ?? [])).Contains("BeginInvokeDotNetFromJS", StringComparison.Ordinal)) Interlocked.Increment(ref _sent);
    };

    /// <summary>Until nothing new was drawn for half a second: milliseconds from the graph's data to the last visible node, and when that was since 1970.</summary>
    public async Task<(double Paint, double At, int Nodes)> DrawnAsync()
    {
        await page.WaitForFunctionAsync("() => window.canvasDrawn?.count > 0 && performance.now() - window.canvasDrawn.at > 500 && performance.getEntriesByName('canvas:mount').length > 0");
        var drawn = await page.EvaluateAsync<JsonElement>("() => ({ paint: window.canvasDrawn.at - performance.getEntriesByName('canvas:mount').at(-1).startTime, at: performance.timeOrigin + window.canvasDrawn.at, count: window.canvasDrawn.count })");
        return (drawn.GetProperty("paint").GetDouble(), drawn.GetProperty("at").GetDouble(), drawn.GetProperty("count").GetInt32());
    }

    /// <summary>Drags a node: from each movement of the pointer until the frame that shows it is painted, and between frames, in milliseconds, sorted; and what was sent to the server.</summary>
    /// <param name="place">Which of the nodes that are wholly in view.</param>
    public async Task<(double[] Lags, double[] Frames, int Messages)> DragAsync(int place)
    {
        var node = await page.EvaluateAsync<string>("x => [...document.querySelectorAll('.react-flow__node')].filter(y => { const box = y.getBoundingClientRect(); return box.left > 265 && box.right < 1000 && box.top > 60 && box.bottom < 760; }).at(x).dataset.id", place);
        var box = (await page.Locator($".react-flow__node[data-id={node}]").BoundingBoxAsync())!;
        var (x, y) = (box.X + 40, box.Y + 12);
        await page.Mouse.MoveAsync(x, y);
        await page.EvaluateAsync("""
            id => {
              const node = document.querySelector(`.react-flow__node[data-id="${id}"]`);
              const run = window.canvasDrag = { lags: [], frames: [], on: true, down: false };
              let waiting = null, shown = node.style.transform, last = 0;
              const painted = new MessageChannel(); // what is posted in a frame arrives after it was painted
              painted.port1.onmessage = x => run.lags.push(performance.now() - x.data);
              window.addEventListener('pointermove', x => { waiting ??= x.timeStamp; }, { capture: true });
              const look = now => {
                if (run.down && last) run.frames.push(now - last);
                last = now;
                if (node.style.transform !== shown && waiting !== null) { painted.port2.postMessage(waiting); waiting = null; }
                shown = node.style.transform;
                if (run.on) requestAnimationFrame(look);
              };
              requestAnimationFrame(look);
            }
            """, node);
        var before = Volatile.Read(ref _sent);
        await page.Mouse.DownAsync();
        await page.EvaluateAsync("() => { window.canvasDrag.down = true; }");
        for (var i = 1; i <= Moves; i++)
        {
            var way = Math.Min(i, Moves - i) * 8; // ours stands on a grid of 8 px: every movement is one that shows
            await page.Mouse.MoveAsync(x + way, y + way);
            await Task.Delay(16);
        }
        await page.EvaluateAsync("() => { window.canvasDrag.down = false; }");
        await page.Mouse.UpAsync();
        await Task.Delay(1_000);
        var messages = Volatile.Read(ref _sent) - before;
        await page.EvaluateAsync("() => { window.canvasDrag.on = false; }");
        return (await SortedAsync("lags"), await SortedAsync("frames"), messages);

        async Task<double[]> SortedAsync(string what) => [.. (await page.EvaluateAsync<double[]>("x => window.canvasDrag[x]", what)).Order()];
    }

    /// <summary>Frames a second: idle, and while the canvas is panned; with what panning sent.</summary>
    public async Task<(double Idle, double Panning, int Messages)> PanAsync()
    {
        await page.EvaluateAsync("() => { if (window.canvasFrames !== undefined) return; window.canvasFrames = 0; const count = () => { window.canvasFrames++; requestAnimationFrame(count); }; requestAnimationFrame(count); }");
        var idle = await RateAsync(() => Task.Delay(1_500));
        var before = Volatile.Read(ref _sent);
        var free = await page.EvaluateAsync<float[]>("() => { for (let y = innerHeight - 30; y > 60; y -= 3) for (let x = 900; x > 280; x -= 10) if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) return [x, y]; throw new Error('no free place'); }");
        var (x, y) = (free[0], free[1]);
        var panning = await RateAsync(async () =>
        {
            await page.Mouse.MoveAsync(x, y);
            await page.Mouse.DownAsync();
            for (var i = 1; i <= 2 * Moves; i++) // there and back
            {
                var way = Math.Min(i, (2 * Moves) - i);
                await page.Mouse.MoveAsync(x - (4 * way), y - (2 * way));
                await Task.Delay(12);
            }
            await page.Mouse.UpAsync();
        });
        return (idle, panning, Volatile.Read(ref _sent) - before);
    }

    /// <summary>Frames a second while the wheel zooms out and in again.</summary>
    public Task<double> ZoomAsync() => RateAsync(async () =>
    {
        for (var i = 0; i < Moves; i++)
        {
            await page.Mouse.WheelAsync(0, i < Moves / 2 ? 40 : -40);
            await Task.Delay(16);
        }
    });

    /// <summary>To a zoom of a hundredth's number: with the wheel, as the bare page has no buttons.</summary>
    public async Task ZoomToAsync(double zoom)
    {
        var pane = (await page.Locator(".react-flow__pane").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(pane.X + 300, pane.Y + 300);
        for (var i = 0; i < 60; i++)
        {
            var now = await page.EvaluateAsync<double>("() => new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform).a");
            if (Math.Abs(now - zoom) < 0.03) return;
            await page.Mouse.WheelAsync(0, (float)(-Math.Log2(zoom / now) / 0.002));
            await Task.Delay(60);
        }
    }

    /// <summary>Megabytes of live objects.</summary>
    public async Task<double> HeapAsync()
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        var used = (await session.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble();
        await session.DetachAsync();
        return used / 1024 / 1024;
    }

    public static string Of(double value, string format = "0") => value.ToString(format, CultureInfo.InvariantCulture);

    private async Task<double> RateAsync(Func<Task> act)
    {
        var from = await page.EvaluateAsync<double[]>("() => [window.canvasFrames, performance.now()]");
        await act();
        var to = await page.EvaluateAsync<double[]>("() => [window.canvasFrames, performance.now()]");
        return (to[0] - from[0]) * 1_000 / (to[1] - from[1]);
    }
}
