using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>Runs that wait for people: what they hold, and how fast they go on.</summary>
internal static class Waiting
{
    private const int Runs = 1_000;

    public static async Task RunAsync(Table table, string folder, string model)
    {
        await using var app = await AppProcess.StartAsync(folder, [.. EngineHost.Settings(model).Select(x => (x.Key, x.Value!))]);
        var file = PipelineFile.Named("Gate").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m" })
            .Node("gate", "approval", new { subject = "{{ p }}", allowSelf = true }).Output("answer", "{{ gate }}")
            .Edge("input", "p").Edge("p", "gate").Edge("gate", "out", "approved");
        var pipeline = await app.Api.PublishAsync(file);
        var best = 0.0;
        for (var round = 0; round < 3; round++)
        {
            var before = app.WorkingSet;
            await EachAsync(Enumerable.Range(0, Runs), async _ => (await app.Api.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = Work.Text } })).Ok());
            while ((await app.Api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(5);
            if (round == 2) table.Add("1,000 waiting runs, memory held", $"{Math.Max(0, app.WorkingSet - before) / 1024.0 / Runs:0.0} KiB each (working set, no collection forced)");
            var approvals = new List<(string Id, string Hash)>();
            string? next = null;
            do
            {
                var page = (await app.Api.GetAsync($"/approvals?status=pending&limit=200{(next is null ? "" : "&after=" + next)}")).Ok();
                foreach (var item in page.GetProperty("items").EnumerateArray()) approvals.Add((item.GetProperty("id").GetString()!, item.GetProperty("contentHash").GetString()!));
                next = page.GetProperty("next").GetString();
            }
            while (next is not null);
            var since = Stopwatch.StartNew();
            await EachAsync(approvals, async x => (await app.Api.PostAsync($"/approvals/{x.Id}/decision", new { decision = "approve", contentHash = x.Hash })).Ok());
            while ((await app.Api.GetAsync("/runs?status=Queued,Running,Waiting&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(5);
            best = Math.Max(best, approvals.Count / since.Elapsed.TotalSeconds);
        }
        table.Add("1,000 waiting runs, resumed", $"{best:N0} runs/s");
    }

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, Task> work) => Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 48 }, async (x, _) => await work(x));
}
