using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using Quartz;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>
/// Runs what schedules say. Quartz wakes it at the next slot of all schedules; a sweep every two seconds runs slots that waited for an earlier run, and finds those that nobody
/// woke it for. Which slots are due, and that each is run once, follows from the rows alone.
/// </summary>
public sealed partial class ScheduleClock : IHostedService, IDisposable
{
    private const int Batch = 256;
    private const int AtOnce = 32;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SetBack = TimeSpan.FromMinutes(1);

    private readonly ReadConnections _read;
    private readonly JournalWriter _writer;
    private readonly RunStarter _starter;
    private readonly RunDispatcher _runs;
    private readonly RunFeed _feed;
    private readonly ISchedulerFactory _schedulers;
    private readonly IHostApplicationLifetime _life;
    private readonly TimeProvider _clock;
    private readonly CrashPoints _crash;
    private readonly ILogger<ScheduleClock> _log;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _arming = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _sweeping = Task.CompletedTask;
    private DateTimeOffset? _armed;
    private DateTimeOffset _seen = DateTimeOffset.MaxValue;

    internal ScheduleClock(ReadConnections read, JournalWriter writer, RunStarter starter, RunDispatcher runs, RunFeed feed, ISchedulerFactory schedulers, IHostApplicationLifetime life, TimeProvider clock, CrashPoints crash, ILogger<ScheduleClock> log)
    {
        (_read, _writer, _starter, _runs, _feed) = (read, writer, starter, runs, feed);
        (_schedulers, _life, _clock, _crash, _log) = (schedulers, life, clock, crash, log);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweeping = Task.Run(RepeatAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _sweeping;
    }

    /// <summary>Settles every slot that is due, runs what waited and may, and has Quartz wake it at the next slot.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await SettleAsync(cancel);
            foreach (var schedule in await _read.ReadAsync(KnownSchedule.Holding, KnownSchedule.Read, cancel))
                if (!_runs.IsDraining) await TryAsync(schedule, ReleaseAsync, cancel);
            await ArmAsync(cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives the engine runs that are stored.</summary>
    internal async Task QueueAsync(IEnumerable<QueuedRun> runs, CancellationToken cancel)
    {
        foreach (var run in runs)
        {
            await _runs.EnqueueAsync(run, cancel);
            _feed.Changed(run.Id);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _turn.Dispose();
        _arming.Dispose();
        _stop.Dispose();
    }

    private async Task SettleAsync(CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        IReadOnlyList<KnownSchedule> ahead = now < _seen - SetBack ? await _read.ReadAsync(KnownSchedule.Ahead, KnownSchedule.Read, cancel, now + SetBack) : [];
        _seen = now;
        foreach (var schedule in ahead) await TryAsync(schedule, (x, token) => _writer.WriteAsync(t => SlotUnits.SetBack(t, x, now)), cancel);
        var failed = new HashSet<int>();
        while (!_runs.IsDraining)
        {
            var due = (await _read.ReadAsync(KnownSchedule.Due, KnownSchedule.Read, cancel, _clock.GetUtcNow(), Batch + failed.Count)).Where(x => !failed.Contains(x.Row.Key)).ToList();
            if (due.Count == 0) return;
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (schedule, token) =>
            {
                if (await TryAsync(schedule, SettleAsync, token)) return;
                lock (failed) failed.Add(schedule.Row.Key); // the next sweep tries again; the others go on
            });
        }
    }

    private async Task<bool> SettleAsync(KnownSchedule schedule, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        var (s, times) = (schedule.Row, schedule.Times);
        var verdicts = SlotPlan.Judge(s, times, now);
        var runs = verdicts.Count(x => x.Status == SlotStatus.Ran);
        if (runs > 0 && !_runs.TryHoldPlace()) return false; // the queue is full: it waits, and is late then
        try
        {
            var ready = runs > 0 ? await MakeAsync(schedule, new Actor(s.WorkspaceId, "schedule", null), cancel) : (Answer<AcceptableRun>?)null;
            var next = times.Next(now, s.StartAt, s.EndAt);
            _crash.Hit("slot.before-commit");
            var made = await _writer.WriteAsync(t => SlotUnits.Settle(t, schedule, verdicts, ready, next, now));
            _crash.Hit("slot.after-commit");
            if (made is null) return true; // it was changed meanwhile: judged anew as long as it is due
            await QueueAsync(made, CancellationToken.None);
            if (verdicts.Count > made.Count) _feed.Changed(Guid.Empty);
            return true;
        }
        finally
        {
            if (runs > 0) _runs.GivePlaceBack();
        }
    }

    private async Task<bool> ReleaseAsync(KnownSchedule schedule, CancellationToken cancel)
    {
        if (schedule.Row.PausedAt is not null || !_runs.TryHoldPlace()) return false;
        try
        {
            if (await _writer.WriteAsync(t => SlotUnits.IsBusy(t, schedule.Row))) return true;
            var ready = await MakeAsync(schedule, new Actor(schedule.Row.WorkspaceId, "schedule", null), cancel);
            if (await _writer.WriteAsync(t => SlotUnits.Release(t, schedule, ready, _clock.GetUtcNow())) is { } run) await QueueAsync([run], CancellationToken.None);
            return true;
        }
        finally
        {
            _runs.GivePlaceBack();
        }
    }

    /// <summary>A run of the schedule, without its slot; or why there can be none.</summary>
    internal async Task<Answer<AcceptableRun>> MakeAsync(KnownSchedule schedule, Actor actor, CancellationToken cancel)
    {
        if (schedule.Unfit is { } unfit) return new Refusal("not_published", unfit);
        var s = schedule.Row;
        var request = new RunRequest { Pipeline = schedule.Pipeline, Inputs = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(s.Inputs), Version = schedule.ActiveVersion, Account = s.Account, Trigger = RunTrigger.Schedule };
        return await _starter.MakeAsync(request, s.PipelineKey, null, actor, cancel);
    }

    /// <summary>False where it failed: one schedule does not keep the others from running.</summary>
    private async Task<bool> TryAsync(KnownSchedule schedule, Func<KnownSchedule, CancellationToken, Task<bool>> work, CancellationToken cancel)
    {
        try
        {
            return await work(schedule, cancel);
        }
        catch (Exception error) when (error is not OperationCanceledException and not SimulatedCrashException)
        {
            ScheduleFailed(_log, schedule.Row.Id, error);
            return false;
        }
    }

    /// <summary>Has Quartz wake this at the next slot of all schedules, which somebody may have changed.</summary>
    internal async Task ArmAsync(CancellationToken cancel)
    {
        await _arming.WaitAsync(cancel);
        try
        {
            var next = (await _read.ReadAsync("SELECT MIN(NextSlot) FROM Schedules WHERE NextSlot IS NOT NULL", x => x.TimeOrNull(0), cancel))[0];
            if (next == _armed || next is not { } at) return;
            var job = JobBuilder.Create<SlotJob>().WithIdentity("next", "slots").Build();
            var trigger = TriggerBuilder.Create(_clock).WithIdentity("next", "slots").StartAt(at).Build();
            await (await _schedulers.GetScheduler(cancel)).ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, cancel);
            _armed = at;
        }
        finally
        {
            _arming.Release();
        }
    }

    private async Task RepeatAsync()
    {
        try
        {
            await StartedAsync(); // thousands of slots may have passed meanwhile: first the pages, then those
            using var timer = new PeriodicTimer(SweepEvery, _clock);
            do
            {
                try
                {
                    await SweepAsync(_stop.Token);
                }
                catch (Exception error) when (error is not OperationCanceledException and not SimulatedCrashException)
                {
                    SweepFailed(_log, error); // the database is out of reach for a while; the next round tries again
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SimulatedCrashException)
        {
            // the program stops, or a test lets it die here
        }
    }

    private async Task StartedAsync()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = _life.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(_stop.Token);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Schedule {Schedule} could not be looked at and is tried again")]
    private static partial void ScheduleFailed(ILogger logger, Guid schedule, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "A sweep over the schedules failed")]
    private static partial void SweepFailed(ILogger logger, Exception error);
}

/// <summary>The Quartz job that runs slots when their time has come.</summary>
public sealed class SlotJob(ScheduleClock clock) : IJob
{
    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await clock.SweepAsync(cancellationToken);
}
