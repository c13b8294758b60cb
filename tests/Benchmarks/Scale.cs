using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>A list of ten thousand items in one run: the time of it, and of a page in the middle of its steps.</summary>
internal static class Scale
{
    private const int Items = 10_000;
    private const int Pages = 200;

    public static async Task RunAsync(Table table, string folder, string model)
    {
        await using var app = await AppProcess.StartAsync(folder, [.. EngineHost.Settings(model).Select(x => (x.Key, x.Value!))]);
        var pipeline = await app.Api.PublishAsync(PipelineFile.Named("Many").ListInput("list")
            .Node("each", "forEach", new { items = "input.list", concurrency = 16, result = "p" }).Node("p", "prompt", new { prompt = "{{ item }}", model = "stub/m" }, "each")
            .Output("count", "{{ each.size }}").Edge("input", "each").Edge("each", "out"));
        var since = Stopwatch.StartNew();
        var run = await app.Api.StartAsync(pipeline, new { list = Enumerable.Range(0, Items).Select(_ => Work.Text).ToArray() });
        while ((await app.Api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(5);
        table.Add("a list of 10,000 prompts", $"{since.Elapsed.TotalSeconds:0.0} s");
        var times = new List<double>();
        for (var i = 0; i < Pages + 20; i++)
        {
            since.Restart();
            (await app.Api.GetAsync($"/runs/{run}/steps?under=each[{Items / Pages * (i % Pages)}]")).Ok();
            if (i >= 20) times.Add(since.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        table.Add("one item of 10,000, over HTTP, p50 / p99", $"{times[times.Count / 2]:0.0} / {times[times.Count * 99 / 100]:0.0} ms");
        times.Clear();
        string? next = null;
        do
        {
            since.Restart();
            var page = (await app.Api.GetAsync($"/runs/{run}/steps?limit=50{(next is null ? "" : "&after=" + next)}")).Ok();
            times.Add(since.Elapsed.TotalMilliseconds);
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        times.Sort();
        table.Add("a page of 50 of its steps, over HTTP, p50 / p99", $"{times[times.Count / 2]:0.0} / {times[times.Count * 99 / 100]:0.0} ms");
    }
}
