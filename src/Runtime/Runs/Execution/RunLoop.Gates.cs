using System.Text.Json;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <content>What waits: times that have come, gates that were decided or are overdue, changes that were asked for.</content>
internal sealed partial class RunLoop
{
    /// <summary>Takes over whatever has been decided or has come due. True where that changed anything.</summary>
    private async Task<bool> SettleAsync()
    {
        if (_waiting.Count == 0) return false;
        var now = parts.Clock.GetUtcNow();
        var changed = false;
        foreach (var step in _waiting.Values.Where(x => x.WaitUntil <= now).ToList())
        {
            Settle(step, new StepOutcome(StepStatus.Succeeded, "out", step.Output));
            changed = true;
        }
        changed |= await SettleSendsAsync();
        if (_waiting.Values.All(x => x.WaitUntil is not null || IsSend(x))) return changed;
        foreach (var gate in await parts.Loader.GatesToSettleAsync(Run, now, _stop.Token))
        {
            if (!_waiting.TryGetValue(gate.SortPath, out var step)) continue; // its container is not restored yet
            changed = true;
            if (gate.Status == ApprovalStatus.Pending) SettleOverdue(step, gate, now);
            else if (gate.Status == ApprovalStatus.ChangesRequested) await ReviseAsync(step, gate);
            else if (gate.Status == ApprovalStatus.Approved) Decide(step, gate, null, Approved(gate));
            else Decide(step, gate, null, StepOutcome.Reject(step, gate.Comment ?? ""));
            if (_lost) return true;
        }
        if (_unsaved.Reminded.Count > 0) await FlushAsync(); // until it is stored that a gate is overdue, every look finds it anew
        return changed;
    }

    private static StepOutcome Approved(DecidedGate gate) =>
        new(StepStatus.Succeeded, "approved", JsonSerializer.Deserialize<JsonElement>(gate.Content));

    private void Settle(StepState step, StepOutcome outcome)
    {
        _waiting.Remove(step.SortPath);
        outcome.AddTo(_unsaved, state, step.ToRow(state, null), null, parts.Clock.GetUtcNow());
        outcome.ApplyTo(step);
        Tell(step);
        _dirty.Enqueue(step.Scope);
    }

    private void Decide(StepState step, DecidedGate gate, ApprovalStatus? byMachine, StepOutcome outcome)
    {
        var now = parts.Clock.GetUtcNow();
        _unsaved.Settled.Add((gate.Id, byMachine, byMachine is null ? null : now));
        if (byMachine is { } status)
            _unsaved.Decisions.Add(new ApprovalDecision
            {
                WorkspaceId = Run.WorkspaceId, ApprovalId = gate.Id, Decision = status == ApprovalStatus.Approved ? "approve" : "reject", DecidedBy = "machine", At = now,
                ContentHash = gate.ContentHash, Comment = "Nobody decided in time.", Counts = true,
            });
        Settle(step, outcome);
    }

    private void SettleOverdue(StepState step, DecidedGate gate, DateTimeOffset now)
    {
        switch (gate.Request.OnOverdue)
        {
            case "approve":
                Decide(step, gate, ApprovalStatus.Approved, Approved(gate));
                break;
            case "reject":
                Decide(step, gate, ApprovalStatus.Expired, StepOutcome.Reject(step, "Nobody decided in time."));
                break;
            default:
                _unsaved.Reminded.Add((gate.Id, now, step.Node.Title)); // from now on those it escalates to may decide too
                break;
        }
    }

    /// <summary>Runs a prompt again with what the reviewer asked for; everything after it is judged anew, in its next round.</summary>
    private async Task ReviseAsync(StepState gate, DecidedGate decided)
    {
        await FlushAsync();
        if (_lost) return;
        var scope = gate.Scope;
        var target = scope.Find(decided.Request.Revise!)!;
        var commit = new Outcome { Point = "revise" };
        commit.Settled.Add((decided.Id, null, null));
        var after = scope.Plan.Topology.Downstream(target.Node.Rank);
        foreach (var rank in after.Order()) NextRound(scope.Steps[rank], commit);
        var previous = target.Output;
        NextRound(target, commit);
        target.Feedback = new ReviewerFeedback(decided.Comment ?? "", previous);
        commit.Steps[^1] = (target.ToRow(state, null), null);
        if (!await parts.Journal.OutcomeAsync(Run, commit)) LoseIt();
        _dirty.Enqueue(scope);
    }

    private void NextRound(StepState step, Outcome commit)
    {
        if (step.Status == StepStatus.Pending) return;
        if (step.Status == StepStatus.Running) StopNow(step, commit);
        if (step.Status is StepStatus.Waiting or StepStatus.Uncertain)
        {
            _waiting.Remove(step.SortPath);
            step.Status = StepStatus.Cancelled;
            commit.Steps.Add((step.ToRow(state, parts.Clock.GetUtcNow()), null));
            commit.Withdrawn.Add(step.SortPath);
        }
        step.Round++;
        step.Status = StepStatus.Pending;
        step.Port = null;
        step.Attempts = 0;
        step.ErrorCode = step.ErrorMessage = null;
        step.WaitUntil = step.StartedAt = null;
        step.Output = default;
        step.Feedback = null;
        step.Stop = null;
        commit.Steps.Add((step.ToRow(state, null), null));
    }

    private void StopNow(StepState step, Outcome commit)
    {
        step.Stop?.Cancel();
        if (step.Stop is null && step.Container is null)
        {
            var others = _ready.Where(x => x != step).ToList();
            _ready.Clear();
            foreach (var other in others) _ready.Enqueue(other);
        }
        if (step.Container is not { } container) return;
        commit.Withdrawn.Add(Planning.StepPath.AllInside(step.SortPath));
        foreach (var inside in container.Active.Values)
        {
            inside.IsAbandoned = true;
            foreach (var inner in inside.Steps)
            {
                if (inner.Status is StepStatus.Waiting or StepStatus.Uncertain) _waiting.Remove(inner.SortPath);
                if (inner.Status == StepStatus.Running) StopNow(inner, commit);
                if (inner.Status is not (StepStatus.Running or StepStatus.Waiting or StepStatus.Uncertain)) continue;
                inner.Status = StepStatus.Cancelled;
                commit.Steps.Add((inner.ToRow(state, parts.Clock.GetUtcNow()), null));
            }
        }
        step.Container = null;
    }

    /// <summary>Nothing runs: ends the run, gives it back or lets it wait. Null where there is more to do after all.</summary>
    private async Task<LoopEnd?> LeaveAsync()
    {
        if (_rootEnded) return await EndAsync();
        if (_draining) return await parts.Journal.ReleaseAsync(Run, _unsaved) ? LoopEnd.Released : LoopEnd.Lost;
        if (await SettleAsync()) return null;
        if (_dirty.Count > 0 || _ready.Count > 0) return null;
        if (_waiting.Count == 0) throw new InvalidOperationException($"Run {Run.Id} has nothing to do and is not over.");
        if (_unsaved.Settled.Count + _unsaved.TakenOver.Count > 0) await FlushAsync(); // else its own decided gates would look like news to it for ever
        if (_lost) return LoopEnd.Lost;
        var waitingFor = _waiting.Values.Any(x => x.Status == StepStatus.Uncertain) ? WaitingFor.Resolution
            : _waiting.Values.Any(x => x.WaitUntil is null && !IsSend(x)) ? WaitingFor.People : WaitingFor.Time;
        var answer = await parts.Journal.WaitAsync(Run, _unsaved, waitingFor, _waiting.Values.Min(x => x.WaitUntil));
        if (answer == WaitAnswer.Changed) return null;
        return answer == WaitAnswer.Waiting ? LoopEnd.Waiting : LoopEnd.Lost;
    }

    private async Task<LoopEnd> EndAsync()
    {
        var root = state.Root;
        if (root.IsStopping) CloseScope(root);
        RunEnd end;
        if (root.Failure is { } failure)
        {
            end = new RunEnd(failure.ErrorCode == StepState.Rejected ? RunStatus.Rejected : RunStatus.Failed, null, failure.ErrorCode, failure.ErrorMessage, failure.ReadablePath);
        }
        else
        {
            var output = root.Steps[state.Plan.Output.Rank];
            end = new RunEnd(RunStatus.Succeeded, output.Status == StepStatus.Succeeded ? output.Output.GetRawText() : null);
            foreach (var (row, _) in _unsaved.Steps.Where(x => x.Row.SortPath == output.SortPath && x.Row.OutputSource == OutputSource.Own))
                (row.OutputSource, row.Output) = (OutputSource.RunOutputs, null); // the run's row keeps them
        }
        return await parts.Journal.EndAsync(Run, _unsaved, end) ? LoopEnd.Over : LoopEnd.Lost;
    }
}
