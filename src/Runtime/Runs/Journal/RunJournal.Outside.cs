using System.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Notices;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <content>What others than a run's owner write: accepting, waking, cancelling, taking up again.</content>
public sealed partial class RunJournal
{
    private const string KnownKey = "SELECT Key, RequestHash, StatusCode, Answer FROM IdempotencyRecords WHERE WorkspaceId = @1 AND Key = @2 AND CreatedAt > @3";

    /// <summary>What an idempotency key was used for within its 24 hours.</summary>
    internal async Task<IdempotencyRecord?> FindKeyAsync(ReadConnections read, int workspace, string key, CancellationToken cancel) =>
        (await read.ReadAsync(KnownKey, ReadKey, cancel, workspace, key, clock.GetUtcNow().AddHours(-24))).FirstOrDefault();

    /// <summary>
    /// Stores a run as queued, with the steps that do not run (its input's, and of a try what is known already), the files that it names and the record of its idempotency key. Nothing is stored where that key
    /// was used before (the old record is the answer), or where the workspace does not have one of the files (that file is).
    /// </summary>
    internal async Task<(IdempotencyRecord? Earlier, Guid? Missing)> AcceptAsync(Run run, IReadOnlyList<Step> settled, IdempotencyRecord? idempotency, IReadOnlyList<Guid> files)
    {
        crash.Hit("accept.before-commit");
        var refused = await writer.WriteAsync(t => Accept(t, run, settled, idempotency, files));
        crash.Hit("accept.after-commit");
        return refused;
    }

    /// <summary>The same inside a transaction that stores more than the run.</summary>
    internal static (IdempotencyRecord? Earlier, Guid? Missing) Accept(JournalTables t, Run run, IReadOnlyList<Step> settled, IdempotencyRecord? idempotency, IReadOnlyList<Guid> files)
    {
        if (idempotency is not null)
        {
            var known = t.Of(KnownKey).Rows(ReadKey, run.WorkspaceId, idempotency.Key, idempotency.CreatedAt.AddHours(-24));
            if (known.Count > 0) return (known[0], null);
        }
        foreach (var file in files)
            if (t.Of("SELECT 1 FROM StoredFiles WHERE Id = @1 AND WorkspaceId = @2").Scalar(file, run.WorkspaceId) is null) return (null, file);
        if (idempotency is not null)
            t.Of("INSERT OR REPLACE INTO IdempotencyRecords (WorkspaceId, Key, RequestHash, StatusCode, Answer, CreatedAt) VALUES (@1, @2, @3, @4, @5, @6)")
                .Run(run.WorkspaceId, idempotency.Key, idempotency.RequestHash, idempotency.StatusCode, idempotency.Answer, idempotency.CreatedAt);
        run.Key = t.NextRun();
        t.Of("""
            INSERT INTO Runs (Key, Id, WorkspaceId, PipelineKey, Version, DraftRevision, Status, WaitingFor, "Trigger", StartedBy, StarterId, Account, Priority, Try, Practice,
                Fence, RecoveryCount, LastEvent, CreatedAt, InputTokens, OutputTokens, Cost, Inputs, ScheduleKey, Slot, PreviousSlot)
            VALUES (@1, @2, @3, @4, @5, @6, 0, 0, @7, @8, @9, @10, @11, @12, 0, 0, 0, 1, @13, 0, 0, 0, @14, @15, @16, @17)
            """).Run(run.Key, run.Id, run.WorkspaceId, run.PipelineKey, run.Version, run.DraftRevision, run.Trigger, run.StartedBy, run.StarterId, run.Account,
            run.Priority, run.Try, run.CreatedAt, run.Inputs, run.ScheduleKey, run.Slot, run.PreviousSlot);
        t.Of("INSERT INTO RunEvents (WorkspaceId, RunKey, Seq, At, Status, Reason, Actor) VALUES (@1, @2, 1, @3, 0, 'accepted', @4)")
            .Run(run.WorkspaceId, run.Key, run.CreatedAt, run.StartedBy);
        foreach (var step in settled)
        {
            step.RunKey = run.Key;
            t.Put(step);
        }
        foreach (var file in files) t.Of("INSERT INTO RunFiles (WorkspaceId, RunKey, FileId) VALUES (@1, @2, @3)").Run(run.WorkspaceId, run.Key, file);
        return (null, null);
    }

    /// <summary>Queues every waiting run that has something to do by now.</summary>
    internal async Task<IReadOnlyList<QueuedRun>> WakeDueAsync()
    {
        crash.Hit("release.before-wake");
        var now = clock.GetUtcNow();
        return await writer.WriteAsync(t =>
        {
            var due = t.Of(Due).Rows(QueuedRun.Read, now);
            foreach (var run in due) t.Event(run.WorkspaceId, run.Key, now, RunStatus.Queued, "wake");
            return due;
        });
    }

    /// <summary>When the next waiting run has something to do.</summary>
    internal Task<DateTimeOffset?> NextWakeAsync() => writer.WriteAsync(t =>
        t.Of("SELECT MIN(WakeAt) FROM Runs WHERE WakeAt IS NOT NULL").Scalar() is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : (DateTimeOffset?)null);

    /// <summary>
    /// Takes runs from owners that gave no sign of life: they are queued again, and their totals counted anew from the log. One that was
    /// taken so for the third time without a step in between ends as <c>crash_loop</c>.
    /// </summary>
    /// <param name="dead">Owners known to be dead (at start: all), or null for those whose lease has passed.</param>
    /// <param name="me">This process as an owner: runs of its own that it no longer holds broke off here, which speaks against nothing but the database.</param>
    /// <param name="alive">Runs that this process holds.</param>
    internal Task<IReadOnlyList<QueuedRun>> TakeFromTheDeadAsync(bool dead, string me, Func<Guid, bool> alive)
    {
        var now = clock.GetUtcNow();
        return writer.WriteAsync<IReadOnlyList<QueuedRun>>(t =>
        {
            var lost = t.Of(Unkept).Rows(x => (Run: QueuedRun.Read(x), Count: x.GetInt32(6)), dead, now, me).Where(x => !alive(x.Run.Id)).ToList();
            foreach (var (run, count) in lost)
            {
                t.Of("""
                    UPDATE Runs SET RecoveryCount = RecoveryCount + CASE LeaseOwner WHEN @2 THEN 0 ELSE 1 END, Fence = Fence + 1, LeaseOwner = NULL, LeaseUntil = NULL, Status = 0,
                        InputTokens = (SELECT COALESCE(SUM(InputTokens), 0) FROM ModelCalls WHERE RunKey = @1),
                        OutputTokens = (SELECT COALESCE(SUM(OutputTokens), 0) FROM ModelCalls WHERE RunKey = @1),
                        Cost = (SELECT COALESCE(SUM(Cost), 0) FROM ModelCalls WHERE RunKey = @1)
                    WHERE Key = @1
                    """).Run(run.Key, me);
                if (count < 2)
                {
                    t.Event(run.WorkspaceId, run.Key, now, RunStatus.Queued, "recovered");
                    continue;
                }
                t.WithdrawUndecided(run.Key, now);
                t.Of("UPDATE Runs SET Status = 4, FinishedAt = @2, ErrorCode = 'crash_loop', ErrorMessage = @3 WHERE Key = @1").Run(run.Key, now,
                    "The server stopped three times in a row while this run was at the same step. Look at that step's input, then retry.");
                t.Event(run.WorkspaceId, run.Key, now, RunStatus.Failed, "crash_loop");
                t.TellRunFailed(run.Key, "crash_loop", null, now);
            }
            return lost.Where(x => x.Count < 2).Select(x => x.Run).ToList();
        });
    }

    /// <summary>Every queued run, oldest first.</summary>
    internal Task<List<QueuedRun>> QueuedAsync() =>
        writer.WriteAsync(t => t.Of(Queued).Rows(QueuedRun.Read));

    /// <summary>Cancels a run that is not over. False where it is.</summary>
    /// <param name="run">The run's number.</param>
    /// <param name="id">Its id.</param>
    /// <param name="unbegun">Sorting paths of the steps outside containers; those without a row get one as cancelled.</param>
    /// <param name="actor">Who cancels.</param>
    internal async Task<bool> CancelAsync(long run, Guid id, IReadOnlyList<string> unbegun, Actor actor)
    {
        crash.Hit("cancel.before-commit");
        var now = clock.GetUtcNow();
        var cancelled = await writer.WriteAsync(t =>
        {
            var before = (RunStatus)t.Number("SELECT Status FROM Runs WHERE Key = @1", run);
            if (t.Of("UPDATE Runs SET Status = 6, Fence = Fence + 1, FinishedAt = @2, LeaseOwner = NULL, LeaseUntil = NULL, WakeAt = NULL, WaitingFor = 0 WHERE Key = @1 AND Status < 3")
                    .Run(run, now) == 0) return false;
            t.Withdraw(run, "");
            t.Of("UPDATE Steps SET Status = 6, FinishedAt = @2 WHERE RunKey = @1 AND Status IN (0, 1, 2, 7)").Run(run, now);
            foreach (var path in unbegun)
                t.Of("INSERT OR IGNORE INTO Steps (RunKey, SortPath, WorkspaceId, Status, Attempts, OutputSource) VALUES (@1, @2, @3, 6, 0, 0)").Run(run, path, actor.Workspace);
            t.Event(actor.Workspace, run, now, RunStatus.Cancelled, "cancel", actor.Name);
            t.Audit(actor, AuditActions.RunCancelled, (id, PipelineOf(t, run)), new { status = before.ToString() }, new { status = nameof(RunStatus.Cancelled) }, now);
            return true;
        });
        crash.Hit("cancel.after-commit");
        return cancelled;
    }

    /// <summary>Queues a run that is over once more, with steps set back. False where its state is no longer the one that was judged.</summary>
    internal Task<bool> RetryAsync(long run, Guid id, long fence, RunStatus status, IReadOnlyList<Step> reset, string? from, Actor actor)
    {
        crash.Hit("retry.before-commit");
        var now = clock.GetUtcNow();
        return writer.WriteAsync(t =>
        {
            if (t.Of("""
                    UPDATE Runs SET Status = 0, FinishedAt = NULL, Outputs = NULL, ErrorCode = NULL, ErrorMessage = NULL, ErrorStep = NULL, RecoveryCount = 0
                    WHERE Key = @1 AND Fence = @2 AND Status = @3
                    """).Run(run, fence, status) == 0) return false;
            foreach (var step in reset)
                t.Of("""
                    INSERT INTO Steps (RunKey, SortPath, WorkspaceId, Status, Attempts, Feedback, OutputSource) VALUES (@1, @2, @3, 0, 0, @4, 0)
                    ON CONFLICT (RunKey, SortPath) DO UPDATE SET Status = 0, Port = NULL, FinishedAt = NULL, ErrorCode = NULL, ErrorMessage = NULL, OutputSource = 0, AnswerCall = NULL, Output = NULL
                    """).Run(run, step.SortPath, actor.Workspace, step.Feedback);
            t.Event(actor.Workspace, run, now, RunStatus.Queued, "retry", actor.Name);
            t.Audit(actor, AuditActions.RunRetried, (id, PipelineOf(t, run)), new { status = status.ToString() }, new { status = nameof(RunStatus.Queued), from }, now);
            return true;
        });
    }

    private static string PipelineOf(JournalTables t, long run) => (string)t.Of("SELECT p.Name FROM Runs r JOIN Pipelines p ON p.Key = r.PipelineKey WHERE r.Key = @1").Scalar(run)!;

    private static IdempotencyRecord ReadKey(IDataRecord row) =>
        new() { Key = row.GetString(0), RequestHash = (byte[])row.GetValue(1), StatusCode = row.GetInt32(2), Answer = row.GetString(3) };
}

/// <summary>A queued run, as the queue orders it.</summary>
internal sealed record QueuedRun(long Key, Guid Id, int WorkspaceId, int PipelineKey, RunPriority Priority, DateTimeOffset CreatedAt)
{
    public const string Columns = "Key, Id, WorkspaceId, PipelineKey, Priority, CreatedAt";

    public static QueuedRun Of(Run run) => new(run.Key, run.Id, run.WorkspaceId, run.PipelineKey, run.Priority, run.CreatedAt);

    public static QueuedRun Read(IDataRecord row) =>
        new(row.GetInt64(0), row.Id(1), row.GetInt32(2), row.GetInt32(3), (RunPriority)row.GetInt32(4), row.Time(5));
}
