using System.Diagnostics;
using System.Text.Json;
using PromptDesigner.Runtime.Schedules;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>Five thousand schedules: what they cost at the start and in memory, how late their slots run, spread over the minute and all in one second.</summary>
internal static class SlotDelays
{
    private const int Schedules = 5_000;

    public static async Task RunAsync(Table table, string folder)
    {
        await MeasureAsync(table, Path.Combine(folder, "spread"), "over the minute", x => $"{x % 60} * * * * ?");
        await MeasureAsync(table, Path.Combine(folder, "once"), "in one second", _ => "0 * * * * ?");
    }

    private static async Task MeasureAsync(Table table, string folder, string when, Func<int, string> cron)
    {
        await using (var first = await AppProcess.StartAsync(folder)) await first.TerminateAsync(TimeSpan.FromSeconds(30)); // makes the key
        var since = Stopwatch.StartNew();
        await using (var none = await AppProcess.StartAsync(folder))
        {
            table.Add("start to ready without schedules", $"{since.Elapsed.TotalSeconds:0.00} s, {none.WorkingSet / 1048576.0:0} MiB");
            await none.TerminateAsync(TimeSpan.FromSeconds(30));
        }
        await using (var engine = await EngineHost.StartAsync(folder))
        {
            var pipeline = await engine.PublishAsync(PipelineFile.Named("Tick").Input("text").Node("say", "text", new { template = "{{ run.slot }}" }).Output("slot", "{{ say }}").Edge("input", "say").Edge("say", "out"));
            var one = new ScheduleDraft { Pipeline = pipeline, Cron = "0 0 1 1 *", TimeZone = "Europe/Berlin", Inputs = JsonSerializer.SerializeToElement(new { text = "x" }) };
            await engine.Get<ScheduleDesk>().CreateAsync(one, engine.Actor, null, CancellationToken.None);
            // the others are copies of its row, with lines of their own: through the desk they would take minutes
            await engine.QueryAsync($"""
                WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {Schedules})
                INSERT INTO Schedules (Id, WorkspaceId, PipelineKey, Inputs, Cron, TimeZone, Missed, GraceSeconds, Overlap, CountWaiting, CreatedBy, CreatedAt, UpdatedAt, Revision, DoneUntil, NextSlot)
                SELECT randomblob(16), WorkspaceId, PipelineKey, Inputs, CASE x % 60 {string.Concat(Enumerable.Range(0, 60).Select(x => $"WHEN {x} THEN '{cron(x)}' "))} END, TimeZone, 0, 60, 0, 0, CreatedBy, CreatedAt, UpdatedAt, 1, DoneUntil, DoneUntil FROM Schedules, n
                """);
        }
        since.Restart();
        await using var app = await AppProcess.StartAsync(folder);
        table.Add($"start to ready, {Schedules:N0} schedules {when}", $"{since.Elapsed.TotalSeconds:0.00} s");
        var begin = DateTimeOffset.UtcNow.AddMinutes(1);
        begin = new DateTimeOffset(begin.Year, begin.Month, begin.Day, begin.Hour, begin.Minute, 0, TimeSpan.Zero);
        var times = new List<double>();
        while (DateTimeOffset.UtcNow < begin.AddSeconds(75)) // one whole minute, and what is late in it
        {
            since.Restart();
            (await app.Api.GetAsync("/schedules?limit=50")).Ok();
            times.Add(since.Elapsed.TotalMilliseconds);
            await Task.Delay(200);
        }
        times.Sort();
        table.Add("memory then", $"{app.WorkingSet / 1048576.0:0} MiB");
        table.Add("the list of schedules meanwhile, p50 / p95", $"{times[times.Count / 2]:0} / {times[(int)(times.Count * 0.95)]:0} ms");
        await app.TerminateAsync(TimeSpan.FromSeconds(30));
        await using var after = await EngineHost.StartAsync(folder);
        var late = (await after.QueryAsync($"SELECT LateMs FROM ScheduleSlots WHERE Status = 0 AND Slot >= {begin.ToUnixTimeMilliseconds()} AND Slot < {begin.AddMinutes(1).ToUnixTimeMilliseconds()} ORDER BY LateMs")).Select(x => (long)x[0]!).ToList();
        table.Add($"slots of a minute, {when}", $"{late.Count:N0} ran");
        table.Add("how late, p50 / p99 / most", late.Count == 0 ? "none ran" : $"{late[late.Count / 2]} / {late[(int)(late.Count * 0.99)]} / {late[^1]} ms");
    }
}
