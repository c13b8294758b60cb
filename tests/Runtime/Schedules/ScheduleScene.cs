using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Schedules;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>The engine with a clock that stands still, and questions about ledgers.</summary>
public abstract class ScheduleScene : IAsyncLifetime
{
    protected static readonly DateTimeOffset Start = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-schedule-").FullName;

    protected FakeTimeProvider Clock { get; } = new(Start);

    protected CrashPoints Places { get; } = new();

    protected EngineHost Engine { get; private set; } = null!;

    protected ScheduleDesk Desk => Engine.Get<ScheduleDesk>();

    public async Task InitializeAsync() => Engine = await OpenAsync();

    public async Task DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Stops the engine, lets time pass, and starts it again over the same database.</summary>
    protected async Task RestartAsync(TimeSpan down)
    {
        await Engine.DisposeAsync();
        Clock.Advance(down);
        Engine = await OpenAsync();
        await SweepAsync();
    }

    /// <summary>Lets time pass in steps, as a sweep would find it.</summary>
    protected async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        for (var left = time; left > TimeSpan.Zero; left -= step ?? TimeSpan.FromMinutes(5))
        {
            Clock.Advance(step ?? TimeSpan.FromMinutes(5));
            await SweepAsync();
        }
    }

    protected Task SweepAsync() => Engine.Get<ScheduleClock>().SweepAsync(CancellationToken.None);

    /// <summary>A pipeline that gives back the slot; with a gate it waits for a person.</summary>
    protected Task<Guid> PipelineAsync(bool gate = false)
    {
        var file = PipelineFile.Named("Digest").Input("text").Node("say", "text", new { template = "{{ run.slot }} after {{ run.previousSlot | default: 'nothing' }}" });
        return Engine.PublishAsync(gate
            ? file.Node("gate", "approval", new { subject = "{{ say }}", allowSelf = true }).Output("said", "{{ gate }}").Edge("input", "say").Edge("say", "gate").Edge("gate", "out", "approved")
            : file.Output("said", "{{ say }}").Edge("input", "say").Edge("say", "out"));
    }

    protected static ScheduleDraft Draft(Guid pipeline, string cron = "*/5 * * * *") => new() { Pipeline = pipeline, Cron = cron, TimeZone = "UTC", Inputs = JsonSerializer.SerializeToElement(new { text = "x" }) };

    protected async Task<Guid> ScheduleAsync(ScheduleDraft draft)
    {
        var made = await Desk.CreateAsync(draft, Engine.Actor, null, CancellationToken.None);
        return made.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Message) : made.Value;
    }

    /// <summary>The ledger, oldest first, as <c>minutes after the start:status reason</c>.</summary>
    protected async Task<List<string>> LedgerAsync() => (await Engine.QueryAsync("SELECT Slot, Status, Reason FROM ScheduleSlots ORDER BY Slot"))
        .Select(x => $"{(DateTimeOffset.FromUnixTimeMilliseconds((long)x[0]!) - Start).TotalMinutes:0}:{(SlotStatus)(long)x[1]!} {(SlotReason)(long)x[2]!}").ToList();

    protected async Task<long> RunsAsync() => (long)(await Engine.ScalarAsync("SELECT COUNT(*) FROM Runs WHERE ScheduleKey IS NOT NULL"))!;

    protected async Task<List<string?>> OutputsAsync() => (await Engine.QueryAsync("SELECT Outputs FROM Runs ORDER BY Key")).Select(x => ((string?)x[0])?.Replace("\\u002B", "+", StringComparison.Ordinal)).ToList();

    private Task<EngineHost> OpenAsync() => EngineHost.StartAsync(_folder, null, services => services.AddSingleton(Places).AddSingleton<TimeProvider>(Clock));
}
