using System.Diagnostics;
using System.Text.Json;
using PromptDesigner.Support;
using Xunit.Abstractions;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>One run over ten thousand items, in the real process.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class ScaleTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Items = 10_000;
    private const int MostMegabytes = 150;

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-scale-").FullName;
    private readonly ScriptedModelServer _model = new(keepsLog: false);
    private AppProcess _app = null!;

    public async Task InitializeAsync() => _app = await AppProcess.StartAsync(_folder, [.. EngineHost.Settings(_model.Address).Select(x => (x.Key, x.Value!))]);

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("prompt")]
    public async Task Ten_thousand_items_come_to_their_end_in_flat_memory_and_any_page_is_answered(string kind)
    {
        object settings = kind == "text" ? new { template = "Item {{ index }}: {{ item }}" } : new { prompt = "Item {{ index }}: {{ item }}", model = "stub/m" };
        var pipeline = await _app.Api.PublishAsync(PipelineFile.Named($"Many of {kind}").ListInput("list")
            .Node("each", "forEach", new { items = "input.list", concurrency = 16, result = "one" }).Node("one", kind, settings, "each")
            .Output("count", "{{ each.size }}").Edge("input", "each").Edge("each", "out"));
        await RunAsync(pipeline, 200); // what is loaded once does not count
        var before = _app.WorkingSet;
        var since = Stopwatch.StartNew();
        var run = await RunAsync(pipeline, Items);
        var took = since.Elapsed;
        var grown = (_app.WorkingSet - before) / 1048576.0;
        output.WriteLine($"{Items:N0} items ({kind}): {took.TotalSeconds:0.0} s, working set +{grown:0} MB of {_app.WorkingSet / 1048576.0:0} MB");
        Assert.InRange(grown, double.NegativeInfinity, MostMegabytes);

        var first = await PageAsync("first", $"/runs/{run}/steps?limit=200");
        Assert.Equal(200, first.GetProperty("items").GetArrayLength());
        Assert.Equal("each[0]/one", first.GetProperty("items")[2].GetProperty("path").GetString());
        Assert.Equal("each[5000]/one", Assert.Single((await PageAsync("one item", $"/runs/{run}/steps?under=each[5000]")).GetProperty("items").EnumerateArray()).GetProperty("path").GetString());
        var middle = await PageAsync("middle", $"/runs/{run}/steps?under=each&limit=200&after={Cursor("0001.each[d5000]/0000.one")}");
        Assert.Equal("each[5001]/one", middle.GetProperty("items")[0].GetProperty("path").GetString());
        var last = await PageAsync("last", $"/runs/{run}/steps?limit=200&after={Cursor("0001.each[d9990]/0000.one")}");
        Assert.Equal(("out", JsonValueKind.Null), (last.GetProperty("items")[9].GetProperty("path").GetString(), last.GetProperty("next").ValueKind));
        Assert.Equal(200, (await PageAsync("with a status", $"/runs/{run}/steps?status=succeeded&limit=200&after={Cursor("0001.each[d9000]/0000.one")}")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await PageAsync("failed ones", $"/runs/{run}/steps?status=failed")).GetProperty("items").GetArrayLength());
    }

    private async Task<string> RunAsync(string pipeline, int items)
    {
        var run = await _app.Api.StartAsync(pipeline, new { list = Enumerable.Range(0, items).Select(x => $"A review about item {x} that somebody wrote").ToArray() });
        await Wait.UntilAsync("the run is over", async () => (await _app.Api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() == 0, seconds: 120);
        var status = (await _app.Api.GetAsync($"/runs/{run}")).Ok();
        Assert.Equal(("Succeeded", $"{items}"), (status.GetProperty("status").GetString(), status.GetProperty("outputs").GetProperty("count").ToString()));
        return run;
    }

    private async Task<JsonElement> PageAsync(string name, string path)
    {
        var since = Stopwatch.StartNew();
        var page = (await _app.Api.GetAsync(path)).Ok();
        var took = since.Elapsed.TotalMilliseconds;
        output.WriteLine($"page, {name}: {took:0.0} ms");
        Assert.InRange(took, 0, 1_000);
        return page;
    }

    private static string Cursor(string place) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes("steps:" + place));
}
