using System.Diagnostics;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>Many runs at once, as a share of what the loop does in the same minute.</summary>
internal static class Throughput
{
    public static async Task StarterAsync(Table table, string folder, string model, double loop)
    {
        await using var engine = await EngineHost.StartAsync(folder, model);
        var pipeline = await engine.PublishAsync(PipelineFile.Chain(5, "stub/m", Work.Before));
        var best = 0.0;
        for (var round = 0; round < 5; round++)
        {
            var since = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => engine.Starter.StartAsync(new RunRequest
            {
                Pipeline = pipeline, Inputs = System.Text.Json.JsonSerializer.SerializeToElement(new { text = Work.Text }),
            }, engine.Actor, CancellationToken.None)));
            while (await engine.UnfinishedAsync() > 0) await Task.Delay(5);
            best = Math.Max(best, 500 / since.Elapsed.TotalSeconds);
        }
        table.Add("500 chains of five prompts through RunStarter", $"{best:N0} runs/s, {best / loop:0.00} of the loop");
    }

    public static async Task HttpAsync(Table table, string folder, string model, double loopChains, double loopSingles)
    {
        await using var app = await AppProcess.StartAsync(folder, [.. EngineHost.Settings(model).Select(x => (x.Key, x.Value!))]);
        var chain = await app.Api.PublishAsync(PipelineFile.Chain(5, "stub/m", Work.Before));
        var single = await app.Api.PublishAsync(PipelineFile.Chain(1, "stub/m", Work.Before));
        var chains = 0.0;
        for (var round = 0; round < 5; round++) chains = Math.Max(chains, await RateAsync(app, chain, 500));
        table.Add("500 chains of five prompts over HTTP", $"{chains:N0} runs/s, {chains / loopChains:0.00} of the loop");
        var singles = 0.0;
        for (var round = 0; round < 4; round++) singles = Math.Max(singles, await RateAsync(app, single, 2_000));
        table.Add("2,000 single prompts over HTTP", $"{singles:N0} runs/s, {singles / loopSingles:0.00} of the loop");
    }

    private static async Task<double> RateAsync(AppProcess app, string pipeline, int runs)
    {
        var since = Stopwatch.StartNew();
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { inputs = new { text = Work.Text } });
        var left = runs;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0) (await app.Api.PostAsync($"/pipelines/{pipeline}/runs", body)).Ok();
        }));
        while ((await app.Api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(5);
        return runs / since.Elapsed.TotalSeconds;
    }
}
