using Quartz;

namespace PromptDesigner.Runtime.Runs.Dispatch;

/// <summary>The Quartz job that drives one run; its key is the run's id.</summary>
public sealed class RunJob(RunDispatcher dispatcher) : IJob
{
    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await dispatcher.ExecuteAsync(Guid.ParseExact(context.JobDetail.Key.Name, "N"));

    internal static async Task FireAsync(IScheduler scheduler, Guid run, TimeProvider clock, CancellationToken cancel)
    {
        var name = run.ToString("N");
        var job = JobBuilder.Create<RunJob>().WithIdentity(name, "runs").Build();
        var trigger = TriggerBuilder.Create(clock).WithIdentity(name, "runs").StartNow().Build();
        await scheduler.ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, cancel);
    }
}

/// <summary>The Quartz job that looks for waiting runs whose time has come.</summary>
public sealed class WakeJob(RunEngine engine) : IJob
{
    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await engine.SweepAsync(cancellationToken);
}
