using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs.Crashes;

/// <summary>Drives one scenario to its end while the process dies at chosen hits of crash points, and keeps what a checker needs to know.</summary>
public sealed class CrashRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Scenario _scenario;
    private readonly Queue<int> _deaths;
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-crash-").FullName;
    private readonly ScriptedModelServer _model;
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly ShiftedClock _clock = new();
    private int _hits;
    private bool _dead;

    /// <summary>A run that dies at these hits, counted anew after each death.</summary>
    public CrashRun(Scenario scenario, params int[] deaths)
    {
        _scenario = scenario;
        _deaths = new Queue<int>(deaths);
        _model = new ScriptedModelServer(Script);
    }

    /// <summary>Hits since the last death.</summary>
    public int Hits => _hits;

    /// <summary>Deaths that happened.</summary>
    public int Deaths { get; private set; }

    /// <summary>Where it died.</summary>
    public List<string> Places { get; } = [];

    /// <summary>Names that were hit.</summary>
    public ConcurrentDictionary<string, int> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>The witness.</summary>
    public ScriptedModelServer Model => _model;

    /// <summary>The run's id, once it was accepted.</summary>
    public Guid? Accepted { get; private set; }

    /// <summary>When the driver had the answer that the run is cancelled.</summary>
    public DateTimeOffset? CancelledAt { get; private set; }

    /// <summary>How far the engine's clock is ahead of the witness's.</summary>
    public TimeSpan ClockShift => _clock.Shift;

    /// <summary>The engine over the database at the end.</summary>
    public EngineHost Engine { get; private set; } = null!;

    /// <summary>Drives to the end.</summary>
    public async Task DriveAsync()
    {
        Engine = await StartAsync();
        var pipeline = await Engine.PublishAsync(_scenario.File);
        var since = System.Diagnostics.Stopwatch.StartNew();
        var retries = _scenario.Retries;
        while (true)
        {
            if (since.Elapsed > Patience) throw new TimeoutException($"{_scenario.Name} is not over after {string.Join(", ", Places)}.");
            try
            {
                if (Accepted is null)
                {
                    // a start whose answer never came is asked for again, with the same key, as a careful program does
                    var started = await Engine.Starter.StartAsync(new RunRequest
                    {
                        Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(_scenario.Inputs), Idempotency = ("driver", [1]),
                    }, Engine.Actor, CancellationToken.None);
                    Accepted = started.Value;
                }
                var status = await StatusAsync();
                if (status == "Failed" && await Engine.ScalarAsync("SELECT ErrorCode FROM Runs") is "crash_loop")
                {
                    // three deaths in a row at one step: the run waits for a person, who lets it go on
                    await Engine.Get<RunControl>().RetryAsync(Accepted.Value, null, Engine.Actor, CancellationToken.None);
                }
                else if (status == "Failed" && retries > 0)
                {
                    var retried = await Engine.Get<RunControl>().RetryAsync(Accepted.Value, null, Engine.Actor, CancellationToken.None);
                    if (retried.Refusal is null) retries--;
                }
                else if (status is not ("Queued" or "Running" or "Waiting")) return;
                else if (status == "Waiting") await ActAsync();
            }
            catch (Exception) when (_dead)
            {
                // the process died under the driver's call
            }
            if (!_dead)
            {
                await Task.Delay(1);
                continue;
            }
            await Engine.DisposeAsync();
            Revive();
            Engine = await StartAsync();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Engine is not null) await Engine.DisposeAsync();
        await _model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ActAsync()
    {
        if (_scenario.Cancels)
        {
            await Engine.Get<RunControl>().CancelAsync(Accepted!.Value, Engine.Actor, CancellationToken.None);
            CancelledAt = DateTimeOffset.UtcNow;
            return;
        }
        foreach (var row in await Engine.QueryAsync("SELECT Id, ContentHash, Round, (SELECT COUNT(*) FROM ApprovalDecisions d WHERE d.ApprovalId = a.Id) FROM Approvals a WHERE Status = 0"))
        {
            var round = (int)(long)row[2]!;
            var verb = _scenario.Decisions[Math.Min(round, _scenario.Decisions.Length) - 1];
            var undone = verb == "undo" && (long)row[3]! > 0;
            var desk = Engine.Get<ApprovalDesk>();
            var id = new Guid((byte[])row[0]!, true);
            await desk.DecideAsync(id, new Decision
            {
                Verb = verb is "hold" or "undo" ? "approve" : verb, ContentHash = (string)row[1]!, Comment = "because", ReleaseAfterSeconds = verb == "hold" ? 1 : verb == "undo" && !undone ? 30 : 0,
            }, Engine.Actor, CancellationToken.None);
        }
        if (_scenario.Decisions.Contains("undo"))
            foreach (var row in await Engine.QueryAsync("SELECT Id FROM Approvals WHERE Status = 1 AND Settled = 0 AND ReleaseAt IS NOT NULL"))
                await Engine.Get<ApprovalDesk>().UndoAsync(new Guid((byte[])row[0]!, true), Engine.Actor, CancellationToken.None);
        if (_scenario.Decisions.Contains("hold")) _clock.Shift += TimeSpan.FromSeconds(1);
        await Engine.Get<RunEngine>().SweepAsync(CancellationToken.None);
    }

    private async Task<string> StatusAsync() => ((Data.Runs.RunStatus)(long)(await Engine.ScalarAsync("SELECT Status FROM Runs"))!).ToString();

    /// <summary>Starts the engine over the same database; it may die while it starts too.</summary>
    private async Task<EngineHost> StartAsync()
    {
        while (true)
        {
            try
            {
                return await EngineHost.StartAsync(_folder, _model.Address, services => services.AddSingleton(new CrashPoints { OnHit = Hit }).AddSingleton<TimeProvider>(_clock));
            }
            catch (SimulatedCrashException)
            {
                Revive();
            }
        }
    }

    private void Revive()
    {
        lock (_lock)
        {
            Deaths++;
            _dead = false;
            _hits = 0;
        }
    }

    private void Hit(string name)
    {
        lock (_lock)
        {
            if (_dead) throw new SimulatedCrashException(name);
            Names.AddOrUpdate(name, 1, (_, count) => count + 1);
            _hits++;
            if (!_deaths.TryPeek(out var death) || _hits != death) return;
            _deaths.Dequeue();
            Places.Add($"{name} (hit {death})");
            _dead = true;
            throw new SimulatedCrashException(name);
        }
    }

    private ScriptedReply Script(ScriptedRequest request)
    {
        var before = _calls.AddOrUpdate(request.Step, 0, (_, count) => count + 1);
        return _scenario.Script?.Invoke(request, before) ?? new ScriptedReply();
    }
}

/// <summary>The real clock, set forward.</summary>
public sealed class ShiftedClock : TimeProvider
{
    /// <summary>By how much.</summary>
    public TimeSpan Shift { get; set; }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
