using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>The statements of the ledger. All run inside the journal's transaction, so a slot's row and its run are stored together or not at all.</summary>
internal static class SlotUnits
{
    /// <summary>Stores what becomes of due slots, and moves the schedule on. Null: the schedule was changed meanwhile, or its pipeline was, so somebody has to judge anew.</summary>
    public static List<QueuedRun>? Settle(JournalTables t, KnownSchedule schedule, IReadOnlyList<SlotVerdict> verdicts, Answer<AcceptableRun>? ready, DateTimeOffset? next, DateTimeOffset now)
    {
        var s = schedule.Row;
        if (t.Of("SELECT 1 FROM Schedules s JOIN Pipelines p ON p.Key = s.PipelineKey WHERE s.Key = @1 AND s.Revision = @2 AND s.DoneUntil = @3 AND s.DeletedAt IS NULL AND p.ActiveVersion IS @4 AND (p.ArchivedAt IS NOT NULL) = @5")
                .Scalar(s.Key, s.Revision, s.DoneUntil, schedule.ActiveVersion, schedule.IsArchived) is null) return null;
        var runs = new List<QueuedRun>();
        foreach (var verdict in verdicts)
        {
            var late = (long)(now - verdict.Slot).TotalMilliseconds;
            if (HasRow(t, s, verdict.Slot)) continue; // the clock was set back: it has its row
            if (verdict.Status != SlotStatus.Ran) t.Add(s, verdict, null, late, null);
            else if (s.Overlap != OverlapPolicy.Allow && IsBusy(t, s)) t.Add(s, verdict with { Status = Holds(t, s, verdict) ? SlotStatus.Held : SlotStatus.Skipped, Reason = verdict.Reason == SlotReason.Late ? SlotReason.Late : SlotReason.Overlap }, null, late, null);
            else if (Run(t, schedule, verdict, ready!.Value, late, now) is { } run) runs.Add(run);
        }
        t.Of("UPDATE Schedules SET DoneUntil = @2, NextSlot = @3 WHERE Key = @1").Run(s.Key, now, next);
        return runs;
    }

    /// <summary>Runs the oldest slot that waits, if nothing holds it any more. Null: nothing was done.</summary>
    public static QueuedRun? Release(JournalTables t, KnownSchedule schedule, Answer<AcceptableRun> ready, DateTimeOffset now)
    {
        var s = schedule.Row;
        if (t.Of("SELECT Revision FROM Schedules WHERE Key = @1 AND DeletedAt IS NULL").Scalar(s.Key) is not long revision || revision != s.Revision || IsBusy(t, s)) return null;
        var held = t.Of("SELECT Slot, Reason FROM ScheduleSlots WHERE ScheduleKey = @1 AND Status = 3 ORDER BY Slot LIMIT 1").Rows(x => (Slot: x.Time(0), Reason: (SlotReason)x.GetInt32(1)), s.Key);
        if (held.Count == 0) return null;
        t.Of("DELETE FROM ScheduleSlots WHERE ScheduleKey = @1 AND Slot = @2").Run(s.Key, held[0].Slot);
        return Run(t, schedule, new SlotVerdict(held[0].Slot, SlotStatus.Ran, held[0].Reason), ready, (long)(now - held[0].Slot).TotalMilliseconds, now);
    }

    /// <summary>Makes the run of a slot with its row; or the row that says why there is none.</summary>
    public static QueuedRun? Run(JournalTables t, KnownSchedule schedule, SlotVerdict verdict, Answer<AcceptableRun> ready, long late, DateTimeOffset now, string? note = null)
    {
        var s = schedule.Row;
        var refusal = ready.Refusal;
        if (refusal is null)
        {
            var made = ready.Value!;
            var run = Copy(made.Run, s, verdict.Slot, now);
            var succeeded = t.Of("SELECT MAX(Slot) FROM Runs WHERE ScheduleKey = @1 AND Status = 3").Scalar(s.Key);
            run.PreviousSlot = succeeded is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
            var (_, missing) = RunJournal.Accept(t, run, made.Settled, null, made.FileIds);
            if (missing is null)
            {
                t.Add(s, verdict, run.Key, late, note);
                return QueuedRun.Of(run);
            }
            refusal = RunInputs.NoSuchFile(made.Files.First(x => x.File == missing).Input);
        }
        t.Add(s, verdict with { Status = SlotStatus.Missed, Reason = SlotReason.Refused }, null, late, refusal.Message);
        t.TellScheduleFailed(s.WorkspaceId, s.Key, s.Id, schedule.PipelineName, s.OwnerId, verdict.Slot, schedule.Unfit ?? "It could not be started; the page of the schedule says why.", now);
        return null;
    }

    /// <summary>True while a run of the schedule is not over; one that only waits for people counts where the schedule says so.</summary>
    public static bool IsBusy(JournalTables t, Schedule s) =>
        t.Of("SELECT 1 FROM Runs WHERE ScheduleKey = @1 AND (Status IN (0, 1) OR (Status = 2 AND (@2 OR WaitingFor <> 1))) LIMIT 1").Scalar(s.Key, s.CountWaiting) is not null;

    /// <summary>True where the ledger has that slot already.</summary>
    public static bool HasRow(JournalTables t, Schedule s, DateTimeOffset slot) => t.Of("SELECT 1 FROM ScheduleSlots WHERE ScheduleKey = @1 AND Slot = @2").Scalar(s.Key, slot) is not null;

    /// <summary>The clock was set back: goes on from now. Slots that have a row already are not run again.</summary>
    public static bool SetBack(JournalTables t, KnownSchedule schedule, DateTimeOffset now) =>
        t.Of("UPDATE Schedules SET DoneUntil = @3, NextSlot = @4 WHERE Key = @1 AND Revision = @2").Run(schedule.Row.Key, schedule.Row.Revision, now, schedule.Times.Next(now, schedule.Row.StartAt, schedule.Row.EndAt)) > 0;

    /// <summary>Slots up to now that nobody ran yet, and those that wait, end as what a person did to the schedule.</summary>
    public static void End(JournalTables t, KnownSchedule schedule, SlotReason reason, DateTimeOffset now)
    {
        var s = schedule.Row;
        var status = reason == SlotReason.Paused ? SlotStatus.Skipped : SlotStatus.Missed;
        t.Of("UPDATE ScheduleSlots SET Status = @2, Reason = @3 WHERE ScheduleKey = @1 AND Status = 3").Run(s.Key, status, reason);
        foreach (var verdict in SlotPlan.Judge(s, schedule.Times, now))
            if (!HasRow(t, s, verdict.Slot))
                t.Add(s, verdict with { Status = status, Reason = reason, Into = null }, null, (long)(now - verdict.Slot).TotalMilliseconds, null);
    }

    /// <summary>A slot that runs late after an outage always waits its turn; of those that came during a run one does, where the schedule says so.</summary>
    private static bool Holds(JournalTables t, Schedule s, SlotVerdict verdict) => verdict.Reason == SlotReason.Late && s.Missed == MissedPolicy.RunAll
        || (s.Overlap == OverlapPolicy.Queue && t.Of("SELECT 1 FROM ScheduleSlots WHERE ScheduleKey = @1 AND Status = 3 LIMIT 1").Scalar(s.Key) is null);

    private static void Add(this JournalTables t, Schedule s, SlotVerdict x, long? run, long late, string? note) =>
        t.Of("INSERT INTO ScheduleSlots (WorkspaceId, ScheduleKey, Slot, Status, Reason, RunKey, \"Into\", Until, Count, LateMs, Note) VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11)")
            .Run(s.WorkspaceId, s.Key, x.Slot, x.Status, x.Reason, run, x.Into, x.Until, x.Count, Math.Max(0, late), note);

    private static Run Copy(Run made, Schedule s, DateTimeOffset slot, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), WorkspaceId = made.WorkspaceId, PipelineKey = made.PipelineKey, Version = made.Version, Trigger = RunTrigger.Schedule, StartedBy = made.StartedBy, StarterId = made.StarterId,
        Account = made.Account, Priority = made.Priority, CreatedAt = now, Inputs = made.Inputs, ScheduleKey = s.Key, Slot = slot,
    };
}
