using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>Bytes that a run leaves in the database, prompts and answers kept.</summary>
internal static class Size
{
    private const int Runs = 2_000;

    public static async Task RunAsync(Table table, string folder, string model)
    {
        Directory.CreateDirectory(folder);
        var loopFile = Path.Combine(folder, "loop.db");
        await using (var loop = new Loop(model, loopFile)) await loop.RunAsync(Runs, 5, Work.Text, 64);
        table.Add("database per five-step run, the loop", $"{new FileInfo(loopFile).Length / (double)Runs / 1024:0.0} KB");
        long before, after;
        var data = Path.Combine(folder, "data");
        await using (var engine = await EngineHost.StartAsync(data, model))
        {
            var pipeline = await engine.PublishAsync(PipelineFile.Chain(5, "stub/m", Work.Before));
            before = await BytesAsync(engine);
            for (var i = 0; i < Runs / 500; i++)
            {
                await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => engine.Starter.StartAsync(new RunRequest
                {
                    Pipeline = pipeline, Inputs = System.Text.Json.JsonSerializer.SerializeToElement(new { text = Work.Text }),
                }, engine.Actor, CancellationToken.None)));
                while (await engine.UnfinishedAsync() > 0) await Task.Delay(5);
            }
            after = await BytesAsync(engine);
        }
        table.Add("database per five-step run", $"{(after - before) / (double)Runs / 1024:0.0} KB");
    }

    private static async Task<long> BytesAsync(EngineHost engine)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
