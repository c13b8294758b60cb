using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>What people do with schedules. Whatever is stored here holds at once: a slot that was judged by what stood before starts no run.</summary>
public sealed class ScheduleDesk
{
    private const int LongestNote = 500;

    private readonly Database _database;
    private readonly JournalWriter _writer;
    private readonly ReadConnections _read;
    private readonly RunStarter _starter;
    private readonly ScheduleClock _slots;
    private readonly RunFeed _feed;
    private readonly TimeProvider _clock;

    internal ScheduleDesk(Database database, JournalWriter writer, ReadConnections read, RunStarter starter, ScheduleClock slots, RunFeed feed, TimeProvider clock) =>
        (_database, _writer, _read, _starter, _slots, _feed, _clock) = (database, writer, read, starter, slots, feed, clock);

    /// <summary>Makes a schedule of a published pipeline. The answer is its id.</summary>
    public async Task<Answer<Guid>> CreateAsync(ScheduleDraft draft, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Schedule) is { } denied) return denied;
        var now = _clock.GetUtcNow();
        var made = await _database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, idempotency, now, token) is { } earlier)
                return earlier.RequestHash.AsSpan().SequenceEqual(idempotency!.Value.RequestHash) ? Guid.Parse(earlier.Answer) : Idempotency.Reused;
            var checkedDraft = await CheckAsync(draft, actor, now, token);
            if (checkedDraft.Refusal is { } wrong) return wrong;
            var (pipeline, name, inputs, times) = checkedDraft.Value!;
            var row = new Schedule
            {
                Id = Guid.CreateVersion7(now), PipelineKey = pipeline, Inputs = inputs, Cron = draft.Cron, TimeZone = times.Zone.Id, OwnerId = actor.Person, CreatedBy = actor.Name, CreatedAt = now, UpdatedAt = now,
                Missed = draft.Missed, GraceSeconds = draft.GraceSeconds, Overlap = draft.Overlap, CountWaiting = draft.CountWaiting, StartAt = draft.StartAt, EndAt = draft.EndAt, Account = draft.Account,
                Revision = 1, DoneUntil = now, NextSlot = times.Next(now, draft.StartAt, draft.EndAt),
            };
            db.Schedules.Add(row);
            Idempotency.Add(db, idempotency, 201, row.Id.ToString(), now);
            db.Audit(actor, AuditActions.ScheduleCreated, (row.Id, name), null, Shown(row), now);
            return row.Id;
        }, cancel);
        if (made.Refusal is not null) return made;
        _feed.Changed(Guid.Empty);
        await _slots.ArmAsync(CancellationToken.None);
        return made;
    }

    /// <summary>Replaces a schedule. Slots of the old one that nobody ran yet are missed.</summary>
    public async Task<Answer<Guid>> ChangeAsync(Guid id, ScheduleDraft draft, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Schedule) is { } denied) return denied;
        var now = _clock.GetUtcNow();
        var checkedDraft = await CheckAsync(draft, actor, now, cancel);
        if (checkedDraft.Refusal is { } wrong) return wrong;
        var (pipeline, name, inputs, times) = checkedDraft.Value!;
        return await ActAsync(id, actor, (t, known) =>
        {
            SlotUnits.End(t, known, known.Row.PausedAt is null ? SlotReason.Changed : SlotReason.Paused, now);
            t.Of("""
                UPDATE Schedules SET PipelineKey = @2, Inputs = @3, Cron = @4, TimeZone = @5, Missed = @6, GraceSeconds = @7, Overlap = @8, CountWaiting = @9, StartAt = @10, EndAt = @11, Account = @12,
                    UpdatedAt = @13, Revision = Revision + 1, DoneUntil = @13, NextSlot = @14 WHERE Key = @1
                """).Run(known.Row.Key, pipeline, inputs, draft.Cron, times.Zone.Id, draft.Missed, draft.GraceSeconds, draft.Overlap, draft.CountWaiting, draft.StartAt, draft.EndAt, draft.Account,
                now, times.Next(now, draft.StartAt, draft.EndAt));
            t.Audit(actor, AuditActions.ScheduleChanged, (id, name), Shown(known.Row), Shown(draft, times.Zone.Id), now);
            return null;
        }, cancel);
    }

    /// <summary>Takes a schedule away. Its ledger stays with the runs that it made.</summary>
    public Task<Answer<Guid>> DeleteAsync(Guid id, Actor actor, CancellationToken cancel) => ActAsync(id, actor, (t, known) =>
    {
        var now = _clock.GetUtcNow();
        SlotUnits.End(t, known, known.Row.PausedAt is null ? SlotReason.Changed : SlotReason.Paused, now);
        t.Of("UPDATE Schedules SET DeletedAt = @2, NextSlot = NULL, DoneUntil = @2, Revision = Revision + 1 WHERE Key = @1").Run(known.Row.Key, now);
        t.Audit(actor, AuditActions.ScheduleDeleted, (id, known.PipelineName), Shown(known.Row), null, now);
        return null;
    }, cancel);

    /// <summary>No slot runs from now on; each is kept as skipped.</summary>
    public Task<Answer<Guid>> PauseAsync(Guid id, string? note, Actor actor, CancellationToken cancel) => note is { Length: > LongestNote }
        ? Task.FromResult<Answer<Guid>>(new Refusal("request_invalid", $"The note has {note.Length} characters; {LongestNote} are the most.", [new FieldError("/note", "is too long")]))
        : SwitchAsync(id, true, string.IsNullOrWhiteSpace(note) ? null : note.Trim(), actor, cancel);

    /// <summary>Slots run again, from the next one on.</summary>
    public Task<Answer<Guid>> ResumeAsync(Guid id, Actor actor, CancellationToken cancel) => SwitchAsync(id, false, null, actor, cancel);

    /// <summary>Makes a run now, beside the slots. The answer is the run's id.</summary>
    public async Task<Answer<Guid>> TriggerAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Schedule) is { } denied) return denied;
        if (await FindAsync(id, actor, cancel) is not { } known) return NotFound;
        var ready = await _slots.MakeAsync(known, actor, cancel);
        if (ready.Refusal is { } refused) return refused;
        var now = _clock.GetUtcNow();
        var made = await _writer.WriteAsync<Answer<QueuedRun>>(t =>
        {
            if (known.Row.Overlap != OverlapPolicy.Allow && SlotUnits.IsBusy(t, known.Row))
                return new Refusal("schedule_invalid", "A run of this schedule is not over yet, and it allows one at a time. Wait for it, cancel it, or run the pipeline itself.");
            var at = now;
            while (SlotUnits.HasRow(t, known.Row, at)) at = at.AddMilliseconds(1);
            if (SlotUnits.Run(t, known, new SlotVerdict(at, SlotStatus.Ran, SlotReason.Triggered), ready, 0, now, actor.Name) is not { } run) return new Refusal("input_type", "An input names a file that is not there any more. Choose it anew.");
            t.Audit(actor, AuditActions.ScheduleTriggered, (id, known.PipelineName), null, new { run = run.Id }, now);
            return run;
        });
        if (made.Refusal is { } busy) return busy;
        await _slots.QueueAsync([made.Value!], CancellationToken.None);
        return made.Value!.Id;
    }

    private Task<Answer<Guid>> SwitchAsync(Guid id, bool pause, string? note, Actor actor, CancellationToken cancel) => ActAsync(id, actor, (t, known) =>
    {
        var now = _clock.GetUtcNow();
        if (known.Row.PausedAt is not null == pause) return null;
        SlotUnits.End(t, known, SlotReason.Paused, now);
        var next = known.Times.Next(now, known.Row.StartAt, known.Row.EndAt);
        t.Of("UPDATE Schedules SET PausedAt = @2, PausedBy = @3, PauseNote = @4, Revision = Revision + 1, DoneUntil = @5, NextSlot = @6 WHERE Key = @1")
            .Run(known.Row.Key, pause ? now : null, pause ? actor.Name : null, note, now, next);
        t.Audit(actor, pause ? AuditActions.SchedulePaused : AuditActions.ScheduleResumed, (id, known.PipelineName), new { paused = !pause }, new { paused = pause, note }, now);
        return null;
    }, cancel);

    private async Task<Answer<Guid>> ActAsync(Guid id, Actor actor, Func<JournalTables, KnownSchedule, Refusal?> act, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Schedule) is { } denied) return denied;
        cancel.ThrowIfCancellationRequested();
        var refusal = await _writer.WriteAsync(t => t.Of(KnownSchedule.One).Rows(KnownSchedule.Read, id, actor.Workspace) is [var known] ? act(t, known) : NotFound);
        if (refusal is not null) return refusal;
        _feed.Changed(Guid.Empty);
        await _slots.ArmAsync(CancellationToken.None);
        return id;
    }

    private async Task<KnownSchedule?> FindAsync(Guid id, Actor actor, CancellationToken cancel) => (await _read.ReadAsync(KnownSchedule.One, KnownSchedule.Read, cancel, id, actor.Workspace)).FirstOrDefault();

    private async Task<Answer<(int Pipeline, string Name, string Inputs, SlotTimes Times)>> CheckAsync(ScheduleDraft draft, Actor actor, DateTimeOffset now, CancellationToken cancel)
    {
        var when = draft.Check(now);
        if (when.Refusal is { } wrong) return wrong;
        await using var db = _database.Read(actor.Workspace);
        var pipeline = await db.Pipelines.Where(x => x.Id == draft.Pipeline).Select(x => new { x.Key, x.Name, x.ActiveVersion, x.ArchivedAt }).SingleOrDefaultAsync(cancel);
        if (pipeline is null) return new Refusal("not_found", "There is no such pipeline.", [new FieldError("/pipeline", "There is no such pipeline.")]);
        if (pipeline.ArchivedAt is not null) return new Refusal("not_published", "This pipeline is archived. Bring it back to schedule it.");
        if (pipeline.ActiveVersion is null) return new Refusal("not_published", "This pipeline has no published version yet. Publish its draft first: a schedule runs the version that is active at its time.");
        var made = await _starter.MakeAsync(new RunRequest { Pipeline = draft.Pipeline, Inputs = draft.Inputs, Version = pipeline.ActiveVersion }, pipeline.Key, null, actor, cancel);
        if (made.Refusal is { } unfit) return unfit;
        var inputs = draft.Inputs.ValueKind == System.Text.Json.JsonValueKind.Object ? draft.Inputs.GetRawText() : "{}";
        return (pipeline.Key, pipeline.Name, inputs, new SlotTimes(when.Value.Line, when.Value.Zone));
    }

    private static Refusal NotFound => new("not_found", "There is no such schedule.");

    private static object Shown(Schedule x) => new { cron = x.Cron, timeZone = x.TimeZone, missed = x.Missed.ToString(), overlap = x.Overlap.ToString(), x.CountWaiting, x.GraceSeconds, x.StartAt, x.EndAt, x.Account };

    private static object Shown(ScheduleDraft x, string zone) => new { cron = x.Cron, timeZone = zone, missed = x.Missed.ToString(), overlap = x.Overlap.ToString(), x.CountWaiting, x.GraceSeconds, x.StartAt, x.EndAt, x.Account };
}
