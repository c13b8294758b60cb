using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>What people do with runs that exist: cancel them, and have them go on.</summary>
public sealed class RunControl
{
    private readonly ReadConnections _read;
    private readonly RunJournal _journal;
    private readonly RunDispatcher _dispatcher;
    private readonly PlanCache _plans;
    private readonly RunLoader _loader;
    private readonly RunFeed _feed;

    internal RunControl(ReadConnections read, RunJournal journal, RunDispatcher dispatcher, PlanCache plans, RunLoader loader, RunFeed feed)
    {
        _read = read;
        _journal = journal;
        _dispatcher = dispatcher;
        _plans = plans;
        _loader = loader;
        _feed = feed;
    }

    /// <summary>Cancels a run for good: calls in flight are stopped, open approvals withdrawn.</summary>
    public async Task<Answer<Guid>> CancelAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Run) is { } denied) return denied;
        if (await FindAsync(id, actor, cancel) is not { } found) return NoSuchRun;
        var plan = await _plans.GetAsync(found.Run.PipelineKey, found.Run.Version, found.Run.DraftRevision, cancel);
        var unbegun = plan.Root.Nodes.Select(x => x.FirstSegment).ToList();
        if (!await _journal.CancelAsync(found.Run.Key, id, unbegun, actor))
            return new Refusal("run_over", "This run is over already; there is nothing to cancel.");
        _dispatcher.Stop(id);
        _feed.Changed(id);
        return id;
    }

    /// <summary>Goes on with a failed or rejected run; with <paramref name="from"/> that step and all after it run again.</summary>
    public async Task<Answer<Guid>> RetryAsync(Guid id, string? from, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Run) is { } denied) return denied;
        if (await FindAsync(id, actor, cancel) is not { } found) return NoSuchRun;
        var (run, status) = found;
        if (!(status is RunStatus.Failed or RunStatus.Rejected || (status == RunStatus.Succeeded && from is not null)))
            return new Refusal("not_retryable", status == RunStatus.Succeeded
                ? "This run has succeeded. Name the step to run again from, or start a new run."
                : $"A run that is {status} cannot go on this way. Only failed and rejected runs can be retried.");
        var plan = await _plans.GetAsync(run.PipelineKey, run.Version, run.DraftRevision, cancel);
        var (state, rows) = await _loader.LoadAsync(run, plan, false, cancel);
        var gates = await _read.ReadAsync("SELECT SortPath, Settled FROM Approvals WHERE RunKey = @1", x => (Path: x.GetString(0), IsSettled: x.GetInt32(1) != 0), cancel, run.Key);
        var reset = new RunReset(state, rows, gates.Select(x => x.Path).ToHashSet(StringComparer.Ordinal), gates.Where(x => !x.IsSettled).Select(x => x.Path).ToHashSet(StringComparer.Ordinal));
        if (status != RunStatus.Succeeded) reset.Unfinished();
        if (from is not null && (StepPath.ToSort(from, plan) is not { } sort || !reset.From(sort)))
            return new Refusal("not_found", $"This run has no step '{from}' that can run again.");
        if (!await _journal.RetryAsync(run.Key, id, run.Fence, status, reset.Steps, from, actor))
            return new Refusal("not_retryable", "Somebody else has taken this run up meanwhile.");
        await _dispatcher.EnqueueAsync(found.Queued, cancel);
        _feed.Changed(id);
        return id;
    }

    private static Refusal NoSuchRun => new("not_found", "There is no such run.");

    private async Task<Found?> FindAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        var found = await _read.ReadAsync($"SELECT {OwnedRun.Columns}, Status, Priority FROM Runs WHERE WorkspaceId = @1 AND Id = @2",
            x => new Found(OwnedRun.Read(x), (RunStatus)x.GetInt32(OwnedRun.Width))
            {
                Queued = new QueuedRun(x.GetInt64(0), x.Id(1), x.GetInt32(2), x.GetInt32(3), (RunPriority)x.GetInt32(OwnedRun.Width + 1), x.Time(10)),
            }, cancel, actor.Workspace, id);
        return found.FirstOrDefault();
    }

    private sealed record Found(OwnedRun Run, RunStatus Status)
    {
        public required QueuedRun Queued { get; init; }
    }
}
