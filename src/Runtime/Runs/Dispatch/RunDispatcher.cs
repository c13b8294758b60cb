using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;
using Quartz;

namespace PromptDesigner.Runtime.Runs.Dispatch;

/// <summary>
/// Gives queued runs their turn: as long as there is room, Quartz fires the job of the run that goes next. A run is in this process at most
/// once; whatever asks for it meanwhile brings it back when its owner has left it.
/// </summary>
public sealed partial class RunDispatcher
{
    private readonly Lock _lock = new();
    private readonly RunQueue _queue = new();
    private readonly Dictionary<Guid, Slot> _slots = [];
    private readonly ISchedulerFactory _schedulers;
    private readonly PlanCache _plans;
    private readonly EngineParts _parts;
    private readonly ILogger<RunDispatcher> _log;
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private IScheduler? _scheduler;
    private TaskCompletionSource? _empty;
    private int _active;
    private int _held;
    private bool _draining;

    internal RunDispatcher(ISchedulerFactory schedulers, PlanCache plans, EngineParts parts, ILogger<RunDispatcher> log)
    {
        _schedulers = schedulers;
        _plans = plans;
        _parts = parts;
        _log = log;
    }

    /// <summary>Runs that wait for their turn.</summary>
    public int Queued
    {
        get
        {
            lock (_lock) return _queue.Count;
        }
    }

    /// <summary>Holds a place in the queue for a run that is about to be stored. False where the queue and what others hold fill <c>Runs:MaxQueued</c>.</summary>
    internal bool TryHoldPlace()
    {
        lock (_lock)
        {
            if (_parts.Options.MaxQueued > 0 && _queue.Count + _held >= _parts.Options.MaxQueued) return false;
            _held++;
            return true;
        }
    }

    /// <summary>Gives a held place back: the run is queued, or was not stored.</summary>
    internal void GivePlaceBack()
    {
        lock (_lock) _held--;
    }

    /// <summary>True once the process takes no more work.</summary>
    public bool IsDraining => _draining;

    internal string Owner => _owner;

    /// <summary>True while this process holds the run.</summary>
    internal bool IsActive(Guid run)
    {
        lock (_lock) return _slots.TryGetValue(run, out var slot) && slot.IsActive;
    }

    /// <summary>Steps of a run that are being worked on, by sorting path, with when they began.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Running(Guid run)
    {
        lock (_lock) return _slots.TryGetValue(run, out var slot) && slot.Loop is { } loop ? loop.Live : System.Collections.ObjectModel.ReadOnlyDictionary<string, DateTimeOffset>.Empty;
    }

    /// <summary>Queues a run that its row says is queued; one that this process already holds comes back when it is left.</summary>
    internal async Task EnqueueAsync(QueuedRun run, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_slots.TryGetValue(run.Id, out var slot))
            {
                if (slot.IsActive) slot.Again = run;
                return;
            }
            _slots.Add(run.Id, new Slot());
            _queue.Add(run);
        }
        await PumpAsync(cancel);
    }

    /// <summary>Lets the owner of a run look again at what waits. False where nobody in this process holds it.</summary>
    internal bool Wake(Guid run)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(run, out var slot) || slot.Loop is null) return false;
            slot.Loop.Wake();
            return true;
        }
    }

    /// <summary>Stops what a run does, at once.</summary>
    internal void Stop(Guid run)
    {
        lock (_lock)
            if (_slots.TryGetValue(run, out var slot)) slot.Loop?.Stop();
    }

    /// <summary>Takes no more work, waits for steps that run, then stops the rest. Runs are given back as queued.</summary>
    internal async Task DrainAsync(TimeSpan patience, CancellationToken hurry)
    {
        Task empty;
        lock (_lock)
        {
            _draining = true;
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_active == 0) _empty.TrySetResult();
            foreach (var slot in _slots.Values) slot.Loop?.Drain();
            empty = _empty.Task;
        }
        try
        {
            await empty.WaitAsync(patience, _parts.Clock, hurry);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
                foreach (var slot in _slots.Values) slot.Loop?.GiveUp();
            await empty;
        }
    }

    /// <summary>Owns a run and drives it; called by Quartz through <see cref="RunJob"/>.</summary>
    internal async Task ExecuteAsync(Guid id)
    {
        try
        {
            await OwnAndDriveAsync(id);
        }
        catch (Exception error) when (error is not SimulatedCrashException)
        {
            RunBroke(_log, id, error);
        }
        finally
        {
            await LeaveAsync(id);
        }
    }

    private async Task OwnAndDriveAsync(Guid id)
    {
        if (_draining) return;
        if (await _parts.Journal.OwnAsync(id, _owner, _parts.Options.Lease) is not { } run) return;
        var plan = await _plans.GetAsync(run.PipelineKey, run.Version, run.DraftRevision, CancellationToken.None);
        var (state, restored) = await _parts.Loader.LoadAsync(run, plan, run.Fence == 1 && !run.Try, CancellationToken.None);
        var loop = new RunLoop(state, _parts) { Restored = restored };
        lock (_lock)
        {
            _slots[id].Loop = loop;
            if (_draining) loop.Drain();
        }
        _parts.Feed.Changed(id);
        await loop.RunAsync();
        _parts.Feed.Changed(id);
    }

    private async Task LeaveAsync(Guid id)
    {
        QueuedRun? again;
        lock (_lock)
        {
            again = _slots[id].Again;
            _slots.Remove(id);
            _active--;
            if (_draining && _active == 0) _empty?.TrySetResult();
        }
        if (again is not null) await EnqueueAsync(again, CancellationToken.None);
        else await PumpAsync(CancellationToken.None);
    }

    private async Task PumpAsync(CancellationToken cancel)
    {
        while (true)
        {
            QueuedRun run;
            lock (_lock)
            {
                if (_draining || _active >= _parts.Options.MaxConcurrency || !_queue.TryTake(out run)) return;
                _active++;
                _slots[run.Id].IsActive = true;
            }
            _scheduler ??= await _schedulers.GetScheduler(cancel);
            await RunJob.FireAsync(_scheduler, run.Id, _parts.Clock, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} stopped unfinished and is taken up again when its lease has passed")]
    private static partial void RunBroke(ILogger logger, Guid run, Exception error);

    private sealed class Slot
    {
        public bool IsActive { get; set; }

        public QueuedRun? Again { get; set; }

        public RunLoop? Loop { get; set; }
    }
}
