using System.Text.Json;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>The canvas in headless Chromium, beside a page that has React Flow and nothing else: first paint, dragging, panning, messages, memory.</summary>
internal static class CanvasSpeed
{
    private const int Paints = 5;

    public static async Task RunAsync(Table table, string folder, bool paintsOnly)
    {
        Directory.CreateDirectory(folder);
        await using var app = await AppProcess.StartAsync(Path.Combine(folder, "data"));
        await using var bare = await BarePage.StartAsync(Root(), Path.Combine(folder, "bare"));
        using var slow = new DelayProxy(app.Address, TimeSpan.FromMilliseconds(100));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-precise-memory-info"],
        });
        var state = await Screens.SignedInAsync(browser, app.Address);
        foreach (var count in new[] { 100, 500, 1_000 })
        {
            bare.File = Graph(count);
            var pipeline = (await app.Api.PostAsync("/pipelines", bare.File)).Ok().GetProperty("id").GetString()!;
            var design = $"/pipelines/{pipeline}/design";
            var alone = bare.Address + await ViewAsync(browser, state, app.Address + design);
            var (ours, theirs) = (await PaintAsync(browser, state, app.Address + design), await PaintAsync(browser, null, alone));
            table.Add($"{count:N0} nodes, first paint ({ours.Nodes} and {theirs.Nodes} visible)", Beside(ours.Paint, theirs.Paint, "ms", "goal 1.2, floor 2"));
            if (count == 100) table.Add("from a click to the canvas, empty cache (goal 1.0 s)", $"{CanvasPage.Of(await ClickAsync(browser, state, app.Address, pipeline))} ms");
            if (paintsOnly) continue;
            var lone = await UseAsync(table, browser, null, alone, $"{count:N0} nodes, React Flow alone");
            table.Add($"{count:N0} nodes, lag of a drag p95", Beside(await UseAsync(table, browser, state, app.Address + design, $"{count:N0} nodes"), lone, "ms", "goal 1.1, floor 1.5"));
            table.Add($"{count:N0} nodes, 100 ms away, lag of a drag p95", Beside(await UseAsync(table, browser, state, slow.Address + design, $"{count:N0} nodes, 100 ms away"), lone, "ms", "goal 1.1, floor 1.5"));
        }
    }

    private static string Beside(double ours, double alone, string unit, string aims) => $"{CanvasPage.Of(ours)} {unit}, {CanvasPage.Of(alone)} alone: {CanvasPage.Of(ours / alone, "0.00")} ({aims})";

    /// <summary>Where our canvas lies in its page and what it looks at, so that React Flow alone gets the same room and the same nodes.</summary>
    private static async Task<string> ViewAsync(IBrowser browser, string? state, string address)
    {
        var page = await OpenAsync(browser, state, address);
        await page.GotoAsync(address);
        await new CanvasPage(page).DrawnAsync();
        var view = await page.EvaluateAsync<string>("""
            () => {
              const box = document.querySelector('.react-flow').getBoundingClientRect(), at = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform);
              return '?' + new URLSearchParams({ left: box.left, top: box.top, width: box.width, height: box.height, x: at.e, y: at.f, zoom: at.a });
            }
            """);
        await page.Context.CloseAsync();
        return view;
    }

    private static async Task<(double Paint, int Nodes)> PaintAsync(IBrowser browser, string? state, string address)
    {
        var paints = new List<double>();
        var nodes = 0;
        for (var i = 0; i < Paints; i++)
        {
            var page = await OpenAsync(browser, state, address);
            await page.GotoAsync(address);
            (var paint, _, nodes) = await new CanvasPage(page).DrawnAsync();
            paints.Add(paint);
            await page.Context.CloseAsync();
        }
        return (paints.Order().ElementAt(Paints / 2), nodes);
    }

    private static async Task<double> ClickAsync(IBrowser browser, string? state, string address, string pipeline)
    {
        var times = new List<double>();
        for (var i = 0; i < Paints; i++)
        {
            var page = await OpenAsync(browser, state, address);
            await page.GotoAsync($"{address}/pipelines/{pipeline}");
            await page.WaitForSelectorAsync("[data-live=on]");
            var since = await page.EvaluateAsync<double>("() => { document.querySelector('[data-action=design]').addEventListener('click', () => {}); return Date.now(); }");
            await page.ClickAsync("[data-action=design]");
            times.Add((await new CanvasPage(page).DrawnAsync()).At - since);
            await page.Context.CloseAsync();
        }
        return times.Order().ElementAt(Paints / 2);
    }

    /// <summary>The answer is the lag of a drag, p95.</summary>
    private static async Task<double> UseAsync(Table table, IBrowser browser, string? state, string address, string name)
    {
        var page = await OpenAsync(browser, state, address);
        var canvas = new CanvasPage(page);
        canvas.CountMessages();
        await page.GotoAsync(address);
        await canvas.DrawnAsync();
        await Task.Delay(1_000);
        await canvas.DragAsync(0); // the first warms it up
        var drags = new List<(double[] Lags, double[] Frames, int Messages)>();
        foreach (var place in new[] { -1, 1, -2 }) drags.Add(await canvas.DragAsync(place)); // of a single one three movements would be the p95
        var drag = (Lags: drags.SelectMany(x => x.Lags).Order().ToArray(), Frames: drags.SelectMany(x => x.Frames).Order().ToArray(), Messages: drags.Max(x => x.Messages));
        table.Add($"{name}, three drags", $"lag {Spread(drag.Lags)} ms, frames every {Spread(drag.Frames)} ms, {drag.Messages} messages each");
        await canvas.ZoomToAsync(1);
        var (idle, panning, sent) = await canvas.PanAsync();
        table.Add($"{name}, panning at 100 %", $"{CanvasPage.Of(panning)} of {CanvasPage.Of(idle)} frames/s: {CanvasPage.Of(panning / idle, "0.00")}, {sent} messages");
        table.Add($"{name}, zooming", $"{CanvasPage.Of(await canvas.ZoomAsync())} frames/s");
        await canvas.ZoomToAsync(0.12);
        var fit = await canvas.PanAsync();
        table.Add($"{name}, panning with everything in view", $"{CanvasPage.Of(fit.Panning)} of {CanvasPage.Of(fit.Idle)} frames/s");
        table.Add($"{name}, memory", $"{CanvasPage.Of(await canvas.HeapAsync(), "0.0")} MiB");
        await page.Context.CloseAsync();
        return P95(drag.Lags);
    }

    private static double P95(double[] sorted) => sorted[(int)(sorted.Length * 0.95)];

    private static string Spread(double[] sorted) => $"p50 {CanvasPage.Of(sorted[sorted.Length / 2], "0.0")} p95 {CanvasPage.Of(P95(sorted), "0.0")}";

    private static async Task<IPage> OpenAsync(IBrowser browser, string? state, string address)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 }, StorageState = state });
        await context.AddInitScriptAsync(CanvasPage.Watch);
        return await context.NewPageAsync();
    }

    /// <summary>Rows of prompts and texts, each row a chain from the input to the output.</summary>
    private static string Graph(int count)
    {
        const int columns = 25;
        var nodes = new List<object> { new { id = "input", kind = "input", position = new { x = 0, y = 0 }, settings = new { fields = new[] { new { name = "text", type = "text" } } } } };
        var edges = new List<object>();
        for (var i = 2; i < count; i++)
        {
            var (row, column) = ((i - 2) / columns, (i - 2) % columns);
            var before = column == 0 ? "input" : $"n{i - 1}";
            object settings = i % 2 == 0 ? new { prompt = $"Rewrite this for reader {i}: {{{{ {(before == "input" ? "input.text" : before)} }}}}" } : new { template = $"Note {i}: {{{{ {(before == "input" ? "input.text" : before)} }}}}" };
            nodes.Add(new { id = $"n{i}", kind = i % 2 == 0 ? "prompt" : "text", name = $"Step {i}", position = new { x = 320 + (column * 296), y = row * 160 }, settings });
            edges.Add(new { from = before, to = $"n{i}" });
            if (column == columns - 1 || i == count - 1) edges.Add(new { from = $"n{i}", to = "output" });
        }
        nodes.Add(new { id = "output", kind = "output", position = new { x = 320 + (columns * 296), y = 0 }, settings = new { fields = new[] { new { name = "last", value = $"n{count - 1}" } } } });
        return JsonSerializer.Serialize(new { schemaVersion = 1, name = $"{count} nodes", nodes, edges });
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PromptDesigner.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Run this from the project's own folder.");
    }
}
