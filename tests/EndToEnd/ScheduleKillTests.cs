using System.Globalization;
using System.Text.Json;
using PromptDesigner.Support;
using Xunit.Abstractions;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>A schedule every five seconds for each policy of missed slots; the real process is killed and stays away for half a minute. Then every slot has its row, and none its second run.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class ScheduleKillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-schedulekill-").FullName;
    private AppProcess? _app;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_slot_of_a_killed_server_is_accounted_for_and_none_is_run_twice()
    {
        var app = _app = await AppProcess.StartAsync(_folder);
        var pipeline = await app.Api.PublishAsync(PipelineFile.Named("Tick").Input("text").Node("say", "text", new { template = "{{ run.slot }}" }).Output("slot", "{{ say }}").Edge("input", "say").Edge("say", "out"));
        var schedules = new Dictionary<string, string>();
        foreach (var missed in new[] { "skip", "runOnce", "runAll" })
            schedules[missed] = (await app.Api.PostAsync("/schedules", new { pipeline, inputs = new { text = "x" }, cron = "*/5 * * * * ?", timeZone = "UTC", missed, graceSeconds = 4 })).Ok().GetProperty("id").GetString()!;
        foreach (var schedule in schedules.Values) await RanAsync(app, schedule, 2);
        await app.KillAsync();
        var killed = DateTimeOffset.UtcNow;
        await app.DisposeAsync();
        await Task.Delay(Down); // the fault itself: nobody is there
        app = _app = await AppProcess.StartAsync(_folder);
        var started = DateTimeOffset.UtcNow;
        foreach (var (missed, schedule) in schedules)
        {
            await Wait.UntilAsync("two slots ran after the outage, and none waits", async () => (await LedgerAsync(app, schedule)) is var rows && rows.Count(x => x.Status == "ran" && x.Slot > started) >= 2 && rows.TrueForAll(x => x.Status != "held"));
            var ledger = await LedgerAsync(app, schedule);
            Assert.All(ledger.Zip(ledger.Skip(1)), x => Assert.Equal(Every, x.Second.Slot - x.First.Slot));
            var ran = ledger.Where(x => x.Status == "ran").ToList();
            Assert.Equal(ran.Count, ran.Select(x => x.Run).Distinct().Count());
            var away = ledger.Where(x => x.Slot > killed && x.Slot < started.AddSeconds(-8)).ToList(); // later ones may have been in time
            Assert.True(away.Count >= 4, $"{away.Count} slots came while nobody was there");
            Assert.All(away, x => Assert.Equal(missed switch { "skip" => "missed late", "runOnce" => "skipped coalesced", _ => "ran late" }, $"{x.Status} {x.Reason}"));
            output.WriteLine($"{missed}: {ledger.Count} slots, {ran.Count} ran, {away.Count} while it was away");
        }
        var runs = (await app.Api.GetAsync("/runs?trigger=schedule&limit=200")).Ok().GetProperty("items").GetArrayLength();
        var rows = new List<Row>();
        foreach (var schedule in schedules.Values) rows.AddRange(await LedgerAsync(app, schedule));
        Assert.InRange(rows.Count(x => x.Status == "ran") - runs, 0, schedules.Count * 2); // a slot may have run between the two questions
        Assert.All(rows.Where(x => x.Status == "ran"), x => Assert.NotNull(x.Run));
    }

    private static Task RanAsync(AppProcess app, string schedule, int slots) => Wait.UntilAsync($"{slots} slots ran", async () => (await LedgerAsync(app, schedule)).Count(x => x.Status == "ran") >= slots);

    private static async Task<List<Row>> LedgerAsync(AppProcess app, string schedule) => [.. (await app.Api.GetAsync($"/schedules/{schedule}/occurrences?limit=200")).Ok().GetProperty("items").EnumerateArray()
        .Select(x => new Row(DateTimeOffset.Parse(x.GetProperty("slot").GetString()!, CultureInfo.InvariantCulture), x.GetProperty("status").GetString()!, Text(x, "reason"), Text(x, "run"))).OrderBy(x => x.Slot)];

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Row(DateTimeOffset Slot, string Status, string? Reason, string? Run);
}
