using System.Diagnostics;
using System.Text.Json;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>One run at a time: what a step costs beside its call, and whether steps side by side really are.</summary>
internal static class Latency
{
    public static async Task RunAsync(Table table, string folder, string model)
    {
        Directory.CreateDirectory(folder);
        await using (var loop = new Loop(model, Path.Combine(folder, "loop.db")))
        {
            await loop.RunAsync(20, 20, Work.Text, 1);
            table.Add("the loop, one chain at a time, per step", $"{(await loop.RunAsync(100, 20, Work.Text, 1)).TotalMilliseconds / 2_000:0.00} ms");
        }
        await using var engine = await EngineHost.StartAsync(Path.Combine(folder, "engine"), model);
        var pipeline = await engine.PublishAsync(PipelineFile.Chain(20, "stub/m", Work.Before));
        var times = await TimesAsync(engine, pipeline, 100);
        table.Add("one chain at a time, overhead per step, p50", $"{times[times.Count / 2] / 20:0.00} ms");
    }

    public static async Task ParallelAsync(Table table, string folder)
    {
        await using var model = new ScriptedModelServer(latency: TimeSpan.FromMilliseconds(50), keepsLog: false);
        await using var engine = await EngineHost.StartAsync(folder, model.Address);
        var file = PipelineFile.Named("Fan out").Input("text");
        for (var i = 0; i < 10; i++) file.Node($"p{i}", "prompt", new { prompt = $"{i}: {{{{ input.text }}}}", model = "stub/m" }).Edge("input", $"p{i}").Edge($"p{i}", "join");
        file.Node("join", "text", new { template = string.Concat(Enumerable.Range(0, 10).Select(i => $"{{{{ p{i} }}}}")) }).Output("all", "{{ join }}").Edge("join", "out");
        await using (var loop = new Loop(model.Address, folder + ".loop.db"))
        {
            var raw = new List<double>();
            for (var i = 0; i < 60; i++) raw.Add((await loop.RunAsync(10, 1, Work.Text, 10)).TotalMilliseconds);
            raw.RemoveRange(0, 20);
            raw.Sort();
            table.Add("the loop, ten calls of 50 ms in parallel, p50", $"{raw[raw.Count / 2]:0.0} ms");
        }
        var times = await TimesAsync(engine, await engine.PublishAsync(file), 40);
        table.Add("ten prompts of 50 ms in parallel, then a join, p50", $"{times[times.Count / 2]:0.0} ms");
    }

    /// <summary>Sorted times of runs, one after the other, after some to warm up.</summary>
    public static async Task<List<double>> TimesAsync(EngineHost engine, Guid pipeline, int runs)
    {
        var inputs = JsonSerializer.SerializeToElement(new { text = Work.Text });
        var times = new List<double>();
        for (var i = 0; i < runs + 20; i++)
        {
            var time = await TimeAsync(engine, pipeline, inputs);
            if (i >= 20) times.Add(time);
        }
        times.Sort();
        return times;
    }

    /// <summary>Milliseconds from asking for a run to knowing that it is over. The database is asked only when the run has changed: asking after each step would be measured too.</summary>
    private static async Task<double> TimeAsync(EngineHost engine, Guid pipeline, JsonElement inputs)
    {
        var since = Stopwatch.GetTimestamp();
        var run = await engine.Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = inputs }, engine.Actor, CancellationToken.None);
        using var viewer = engine.Get<RunFeed>().Watch(run.Value, RunInterest.Changes);
        while (await engine.UnfinishedAsync() > 0) await viewer.Notices.ReadAsync();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }
}
