using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Journal;
using Quartz;

namespace PromptDesigner.Runtime.Runs;

/// <summary>
/// Starts and stops the engine. At start, runs that a dead process left are queued again; then a sweep every two seconds wakes what is due
/// and takes runs whose owner gave no sign of life. Quartz fires that sweep too, at the very moment when something is due.
/// </summary>
public sealed partial class RunEngine(
    JournalWriter writer, RunJournal journal, RunDispatcher dispatcher, ISchedulerFactory schedulers, RunOptions options, TimeProvider clock, ILogger<RunEngine> log)
    : IHostedLifecycleService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _sweeping = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;

    /// <summary>True from the end of the start until the stop begins.</summary>
    public bool IsReady { get; private set; }

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await writer.StartAsync(cancellationToken);
        await (await schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
        foreach (var run in await journal.TakeFromTheDeadAsync(dead: true, dispatcher.Owner, dispatcher.IsActive)) Recovered(log, run.Id);
        foreach (var run in await journal.QueuedAsync()) await dispatcher.EnqueueAsync(run, cancellationToken);
        await SweepAsync(cancellationToken);
        _sweeping = RepeatAsync(SweepEvery, SweepAsync);
        _beating = RepeatAsync(options.Lease / 3, _ => journal.BeatAsync(dispatcher.Owner, options.Lease));
        IsReady = true;
    }

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>First of all when the host stops: no new work, while the server still answers.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsReady = false;
        await dispatcher.DrainAsync(options.Drain, cancellationToken);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_sweeping, _beating);
        await (await schedulers.GetScheduler(cancellationToken)).Shutdown(false, cancellationToken);
        await writer.DisposeAsync();
    }

    /// <summary>Wakes what is due and takes over what nobody keeps.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        if (dispatcher.IsDraining) return;
        foreach (var run in await journal.WakeDueAsync()) await dispatcher.EnqueueAsync(run, cancel);
        foreach (var run in await journal.TakeFromTheDeadAsync(dead: false, dispatcher.Owner, dispatcher.IsActive))
        {
            Recovered(log, run.Id);
            await dispatcher.EnqueueAsync(run, cancel);
        }
    }

    /// <summary>Has Quartz sweep at a time, so that what is due then does not wait for the next round.</summary>
    internal async Task SweepAtAsync(DateTimeOffset time, CancellationToken cancel)
    {
        var wait = time - clock.GetUtcNow();
        if (wait < TimeSpan.Zero || wait > SweepEvery * 30) return; // the sweep itself finds what is further away
        var name = "wake-" + time.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var job = JobBuilder.Create<WakeJob>().WithIdentity(name, "wake").Build();
        var trigger = TriggerBuilder.Create(clock).WithIdentity(name, "wake").StartAt(time).Build();
        await (await schedulers.GetScheduler(cancel)).ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, cancel);
    }

    private async Task RepeatAsync(TimeSpan every, Func<CancellationToken, Task> work)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await work(_stop.Token);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    SweepFailed(log, error); // the database is out of reach for a while; the next round tries again
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the engine stops
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} was left by its owner and is queued again")]
    private static partial void Recovered(ILogger logger, Guid run);

    [LoggerMessage(Level = LogLevel.Error, Message = "A sweep over the runs failed")]
    private static partial void SweepFailed(ILogger logger, Exception error);
}
