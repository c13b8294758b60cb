using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>What one more run costs when many are stored already.</summary>
internal static class Growth
{
    public static async Task RunAsync(Table table, string folder, string model)
    {
        Guid pipeline;
        await using (var first = await EngineHost.StartAsync(folder, model))
        {
            pipeline = await first.PublishAsync(PipelineFile.Chain(StoredRuns.Prompts, "stub/m", Work.Before));
            await first.RunAsync(pipeline, new { text = Work.Text });
            await first.SettleAsync();
        }
        foreach (var stored in new[] { 10, 10_000, 1_000_000 })
        {
            string connection;
            await using (var engine = await EngineHost.StartAsync(folder, model)) connection = engine.Database.ConnectionString;
            await StoredRuns.FillAsync(connection, stored);
            await using (var engine = await EngineHost.StartAsync(folder, model))
            {
                var times = await Latency.TimesAsync(engine, pipeline, 200);
                table.Add($"one more chain of five at {stored:N0} stored runs, p50 / p95", $"{times[times.Count / 2]:0.00} / {times[times.Count * 95 / 100]:0.00} ms");
            }
        }
    }
}
