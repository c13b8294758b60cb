using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>From start to ready, and what an idle process holds.</summary>
internal static class Footprint
{
    public static async Task RunAsync(Table table, string folder, string model)
    {
        (string, string?)[] settings = [.. EngineHost.Settings(model).Select(x => (x.Key, x.Value))];
        var since = Stopwatch.StartNew();
        await using (await AppProcess.StartAsync(folder, settings)) table.Add("start to ready, empty database", $"{since.Elapsed.TotalSeconds:0.00} s");
        var times = new List<double>();
        double memory = 0;
        for (var i = 0; i < 5; i++)
        {
            since.Restart();
            await using var app = await AppProcess.StartAsync(folder, settings);
            times.Add(since.Elapsed.TotalSeconds);
            if (i < 4) continue;
            await Task.Delay(TimeSpan.FromSeconds(10));
            memory = app.WorkingSet / 1048576.0;
        }
        times.Sort();
        table.Add("start to ready, p50", $"{times[2]:0.00} s");
        table.Add("idle memory after 10 s", $"{memory:0} MiB");
    }
}
