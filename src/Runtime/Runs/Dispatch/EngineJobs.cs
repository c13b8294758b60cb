using Microsoft.Extensions.DependencyInjection;
using PromptDesigner.Runtime.Schedules;
using Quartz;
using Quartz.Extensibility;

namespace PromptDesigner.Runtime.Runs.Dispatch;

/// <summary>Gives Quartz its jobs. They hold no state, so one of each serves all firings; a scope of the container for each would cost more than a short run.</summary>
internal sealed class EngineJobs(IServiceProvider services) : IJobFactory
{
    private RunJob? _run;
    private WakeJob? _wake;
    private SlotJob? _slot;

    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default)
    {
        var type = bundle.JobDetail.JobType.Type;
        IJob job = type == typeof(WakeJob) ? _wake ??= new WakeJob(services.GetRequiredService<RunEngine>())
            : type == typeof(SlotJob) ? _slot ??= new SlotJob(services.GetRequiredService<ScheduleClock>())
            : _run ??= new RunJob(services.GetRequiredService<RunDispatcher>());
        return ValueTask.FromResult(new JobScope(job, null));
    }

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
