using System.Data;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Notices;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>
/// The only writer of run tables. What an owner writes carries its fence and is refused, with <c>false</c>, once somebody took the run over;
/// every answer means that the write is durable.
/// </summary>
public sealed partial class RunJournal(JournalWriter writer, TimeProvider clock, CrashPoints crash)
{
    // Every sweep and heartbeat runs these. A plus keeps SQLite from walking through what it stands at: every run there is, every run that waits.
    internal const string Queued = $"SELECT {QueuedRun.Columns} FROM Runs WHERE Status = 0 ORDER BY +Key";
    internal const string Unkept = $"SELECT {QueuedRun.Columns}, RecoveryCount FROM Runs WHERE Status = 1 AND (@1 OR LeaseUntil < @2 OR LeaseOwner = @3) ORDER BY LeaseUntil";
    internal const string Beat = "UPDATE Runs SET LeaseUntil = @2 WHERE Status = 1 AND LeaseOwner = @1";
    internal const string Due = $"UPDATE Runs SET Status = 0, WaitingFor = 0, WakeAt = NULL WHERE +Status = 2 AND WakeAt <= @1 RETURNING {QueuedRun.Columns}";

    /// <summary>Takes a queued run: raises its fence and sets a lease. Null where it is not queued (any more).</summary>
    internal async Task<OwnedRun?> OwnAsync(Guid id, string owner, TimeSpan lease)
    {
        crash.Hit("own.before-claim");
        var now = clock.GetUtcNow();
        var owned = await writer.WriteAsync(t =>
        {
            var rows = t.Of($"""
                UPDATE Runs SET Status = 1, Fence = Fence + 1, LeaseOwner = @2, LeaseUntil = @3, StartedAt = COALESCE(StartedAt, @4), WakeAt = NULL, WaitingFor = 0,
                    LastEvent = LastEvent + 1
                WHERE Id = @1 AND Status = 0 RETURNING {OwnedRun.Columns}
                """).Rows(OwnedRun.Read, id, owner, now + lease, now);
            if (rows.Count == 0) return null;
            t.Of("INSERT INTO RunEvents (WorkspaceId, RunKey, Seq, At, Status, Reason) VALUES (@1, @2, @3, @4, 1, 'owned')")
                .Run(rows[0].WorkspaceId, rows[0].Key, rows[0].LastEvent, now);
            return rows[0];
        });
        crash.Hit("own.after-claim");
        return owned;
    }

    /// <summary>Stores outcomes of steps together with the calls that led to them.</summary>
    internal async Task<bool> OutcomeAsync(OwnedRun run, Outcome outcome)
    {
        crash.Hit(outcome.Point + ".before-commit");
        var kept = await writer.WriteAsync(t => TryWrite(t, run, outcome), here: true);
        crash.Hit(outcome.Point + ".after-commit");
        return kept;
    }

    /// <summary>Lets a run wait: the owner gives it back. The answer is <c>Changed</c> where a decision came meanwhile that the owner has not seen.</summary>
    internal async Task<WaitAnswer> WaitAsync(OwnedRun run, Outcome outcome, WaitingFor waitingFor, DateTimeOffset? nextTime)
    {
        crash.Hit("wait.before-commit");
        var now = clock.GetUtcNow();
        var answer = await writer.WriteAsync(t =>
        {
            if (t.Number("SELECT COUNT(*) FROM Approvals WHERE RunKey = @1 AND Settled = 0 AND Status <> 0 AND (ReleaseAt IS NULL OR ReleaseAt <= @2)", run.Key, now) > 0)
                return t.IsOwned(run.Key, run.Fence) ? WaitAnswer.Changed : WaitAnswer.Lost;
            if (t.Number("SELECT COUNT(*) FROM Mails WHERE RunKey = @1 AND Status <> TakenOver AND Status <> 1", run.Key) > 0) return t.IsOwned(run.Key, run.Fence) ? WaitAnswer.Changed : WaitAnswer.Lost;
            if (!TryWrite(t, run, outcome)) return WaitAnswer.Lost;
            t.Of("""
                UPDATE Runs SET Status = 2, WaitingFor = @2, LeaseOwner = NULL, LeaseUntil = NULL, WakeAt = (SELECT MIN(x) FROM (SELECT @3 AS x
                    UNION ALL SELECT MIN(ReleaseAt) FROM Approvals WHERE RunKey = @1 AND Settled = 0
                    UNION ALL SELECT MIN(DueAt) FROM Approvals WHERE RunKey = @1 AND Status = 0 AND OverdueAt IS NULL))
                WHERE Key = @1
                """).Run(run.Key, waitingFor, nextTime);
            t.Event(run.WorkspaceId, run.Key, now, RunStatus.Waiting, "wait");
            return WaitAnswer.Waiting;
        });
        crash.Hit("wait.after-commit");
        return answer;
    }

    /// <summary>Ends a run. What was still open in it is withdrawn.</summary>
    internal async Task<bool> EndAsync(OwnedRun run, Outcome outcome, RunEnd end)
    {
        crash.Hit("end.before-commit");
        var now = clock.GetUtcNow();
        var kept = await writer.WriteAsync(t =>
        {
            if (!TryWrite(t, run, outcome)) return false;
            if (end.Status != RunStatus.Succeeded) t.Withdraw(run.Key, "");
            t.Of("""
                UPDATE Runs SET Status = @2, Outputs = @3, ErrorCode = @4, ErrorMessage = @5, ErrorStep = @6, FinishedAt = @7, LeaseOwner = NULL, LeaseUntil = NULL,
                    WakeAt = NULL, WaitingFor = 0, RecoveryCount = 0, LastEvent = LastEvent + 1 WHERE Key = @1
                """).Run(run.Key, end.Status, end.Outputs, end.ErrorCode, end.ErrorMessage, end.ErrorStep, now);
            t.Of("INSERT INTO RunEvents (WorkspaceId, RunKey, Seq, At, Status, Reason) SELECT @1, @2, LastEvent, @3, @4, 'end' FROM Runs WHERE Key = @2")
                .Run(run.WorkspaceId, run.Key, now, end.Status);
            if (end.Status == RunStatus.Failed) t.TellRunFailed(run.Key, end.ErrorCode, end.ErrorStep, now);
            return true;
        });
        crash.Hit("end.after-commit");
        return kept;
    }

    /// <summary>Gives a run back unfinished, to be queued again: the process stops.</summary>
    internal Task<bool> ReleaseAsync(OwnedRun run, Outcome outcome)
    {
        var now = clock.GetUtcNow();
        return writer.WriteAsync(t =>
        {
            if (!TryWrite(t, run, outcome)) return false;
            t.Of("UPDATE Runs SET Status = 0, LeaseOwner = NULL, LeaseUntil = NULL WHERE Key = @1").Run(run.Key);
            t.Event(run.WorkspaceId, run.Key, now, RunStatus.Queued, "interrupted");
            return true;
        });
    }

    /// <summary>Keeps calls that came too late to matter, for the ledger: they were paid for.</summary>
    internal Task KeepDiscardedAsync(OwnedRun run, IReadOnlyList<ModelCall> calls)
    {
        if (calls.Count == 0) return Task.CompletedTask;
        foreach (var call in calls) call.Status = ModelCallStatus.Discarded;
        return writer.WriteAsync(t =>
        {
            t.Spend(run.Key, calls);
            foreach (var call in calls) t.Add(call);
            return true;
        });
    }

    /// <summary>A sign of life for every run of an owner.</summary>
    internal Task BeatAsync(string owner, TimeSpan lease)
    {
        var until = clock.GetUtcNow() + lease;
        return writer.WriteAsync(t => t.Of(Beat).Run(owner, until));
    }

    /// <summary>Writes what an owner brings. False, with nothing written, where the run is no longer its.</summary>
    private static bool TryWrite(JournalTables t, OwnedRun run, Outcome outcome)
    {
        if (!(outcome.Calls.Count == 0 ? t.IsOwned(run.Key, run.Fence) : t.SpendAsOwner(run.Key, run.Fence, outcome.Calls))) return false;
        foreach (var call in outcome.Calls) t.Add(call);
        foreach (var (step, answer) in outcome.Steps)
        {
            if (answer is not null) step.AnswerCall = answer.Key;
            t.Put(step);
        }
        foreach (var (approval, title) in outcome.Opened)
        {
            t.Add(approval);
            t.TellApprovalWaits(approval, title, approval.CreatedAt);
        }
        foreach (var decision in outcome.Decisions) t.Add(decision);
        foreach (var settled in outcome.Settled)
            t.Of("UPDATE Approvals SET Settled = 1, ReleaseAt = NULL, Status = COALESCE(@2, Status), OverdueAt = COALESCE(OverdueAt, @3) WHERE Id = @1")
                .Run(settled.Id, settled.Status, settled.OverdueAt);
        foreach (var mail in outcome.Mails) t.Add(mail);
        foreach (var (id, status) in outcome.TakenOver) t.Of("UPDATE Mails SET TakenOver = @2 WHERE Id = @1").Run(id, status);
        foreach (var under in outcome.Withdrawn) t.Withdraw(run.Key, under);
        foreach (var (id, at, title) in outcome.Reminded)
        {
            t.Of("UPDATE Approvals SET OverdueAt = @2 WHERE Id = @1").Run(id, at);
            t.TellApprovalOverdue(id, title, at);
        }
        if (outcome.Steps.Count > 0 && run.RecoveryCount > 0)
        {
            t.Of("UPDATE Runs SET RecoveryCount = 0 WHERE Key = @1").Run(run.Key);
            run.RecoveryCount = 0;
        }
        if (outcome.Practice && !run.Practice)
        {
            t.Of("UPDATE Runs SET Practice = 1 WHERE Key = @1").Run(run.Key);
            run.Practice = true;
        }
        return true;
    }
}

/// <summary>Whether a run was let wait.</summary>
internal enum WaitAnswer { Waiting, Changed, Lost }

/// <summary>How a run ended.</summary>
internal sealed record RunEnd(RunStatus Status, string? Outputs, string? ErrorCode = null, string? ErrorMessage = null, string? ErrorStep = null);
