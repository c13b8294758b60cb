using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <content>Single steps: started, remembered, reported.</content>
internal sealed partial class RunLoop
{
    /// <summary>Starts a step. One that is done at once becomes part of the next commit; any other reports when its outcome is durable.</summary>
    private async Task StartAsync(StepState step)
    {
        step.StartedAt = parts.Clock.GetUtcNow();
        Tell(step);
        if (step.Node.Kind is IContainerNode kind)
        {
            _live[step.SortPath] = step.StartedAt.Value;
            await StartContainerAsync(step, kind);
            return;
        }
        var work = new StepWork(step, step.ToRow(state, null), CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
        step.Stop = work.Stop;
        var running = parts.Steps.RunAsync(state, step, work.Calls, work.Stop.Token);
        if (running.IsCompletedSuccessfully)
        {
            var outcome = StepOutcome.Of(step, running.Result);
            AddTo(_unsaved, work, outcome);
            _unsaved.MustPrecede = true;
            work.Stop.Dispose();
            Apply(step, outcome, work.Calls);
            return;
        }
        _running++;
        _live[work.Row.SortPath] = step.StartedAt.Value;
        _ = ReportAsync(work, running.AsTask());
    }

    private async Task ReportAsync(StepWork work, Task<NodeResult> running)
    {
        try
        {
            _inbox.Writer.TryWrite(await RememberAsync(work, running));
        }
        catch (Exception error) // reported: the loop fails with it
        {
            _inbox.Writer.TryWrite(new Message.Broken(error));
        }
    }

    /// <summary>Waits for a step and has what came of it stored; what came too late is kept for the ledger alone.</summary>
    private async Task<Message> RememberAsync(StepWork work, Task<NodeResult> running)
    {
        try
        {
            var outcome = StepOutcome.Of(work.Step, await running);
            if (!work.Stop.IsCancellationRequested)
            {
                var commit = new Outcome();
                AddTo(commit, work, outcome);
                if (await parts.Journal.OutcomeAsync(Run, commit))
                {
                    if (commit.Mails.Count > 0) parts.Outbox.Raise();
                    return new Message.Done(work, outcome);
                }
                await parts.Journal.KeepDiscardedAsync(Run, work.Calls.Calls);
                return new Message.Lost();
            }
        }
        catch (OperationCanceledException) when (work.Stop.IsCancellationRequested)
        {
            // stopped; below
        }
        await parts.Journal.KeepDiscardedAsync(Run, work.Calls.Calls);
        return new Message.Stopped(work);
    }

    private void AddTo(Outcome commit, StepWork work, StepOutcome outcome)
    {
        commit.Calls.AddRange(work.Calls.Calls);
        commit.Practice |= work.Calls.Practice;
        work.Row.Attempts += work.Calls.Attempts;
        outcome.AddTo(commit, state, work.Row, work.Calls.Answer, parts.Clock.GetUtcNow());
    }

    private void Apply(StepState step, StepOutcome outcome, StepCalls calls)
    {
        outcome.ApplyTo(step);
        step.Stop = null;
        step.Attempts += calls.Attempts;
        _live.TryRemove(step.SortPath, out _);
        if (step.Status == StepStatus.Waiting) _waiting[step.SortPath] = step;
        Tell(step);
        _dirty.Enqueue(step.Scope);
    }

    private void Leave(StepWork work)
    {
        _running--;
        _live.TryRemove(work.Row.SortPath, out _);
        work.Stop.Dispose();
        if (work.Step.Stop == work.Stop) work.Step.Stop = null;
        if (!_stop.IsCancellationRequested) _dirty.Enqueue(work.Step.Scope);
    }

    private void Tell(StepState step)
    {
        if (parts.Feed.Wants(Run.Id, RunInterest.Steps)) parts.Feed.Step(Run.Id, step.ReadablePath, step.Status);
    }

    /// <summary>One execution of a step. Its row is made before it starts: a request for changes may give the step its next round meanwhile, and what comes then still belongs to this one.</summary>
    private sealed record StepWork(StepState Step, Step Row, CancellationTokenSource Stop)
    {
        public StepCalls Calls { get; } = new();

        public int Round { get; } = Step.Round;

        /// <summary>False once the step has a later round, or its iteration was abandoned.</summary>
        public bool IsCurrent => Step.Round == Round && Step.Status == StepStatus.Running && !Step.Scope.IsAbandoned;
    }

    private abstract record Message
    {
        public sealed record Done(StepWork Work, StepOutcome Outcome) : Message;

        public sealed record Stopped(StepWork Work) : Message;

        public sealed record Collected(StepState Step, ContainerState Container) : Message;

        public sealed record Broken(Exception Error) : Message;

        public sealed record Lost : Message;

        public sealed record Stop : Message;

        public sealed record Drain : Message;

        public sealed record Wake : Message;
    }
}
