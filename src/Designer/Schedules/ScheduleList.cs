using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Nodes.Input;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Schedules;

/// <summary>Where a schedule stands.</summary>
public enum ScheduleState
{
    /// <summary>It runs at its next slot.</summary>
    Active,

    /// <summary>Somebody paused it.</summary>
    Paused,

    /// <summary>It has no slot any more.</summary>
    Ended,
}

/// <summary>A slot with the run that it made.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Run">The run's id; null: there is none.</param>
/// <param name="RunStatus">Where the run stands.</param>
/// <param name="RunWaits">What the run waits for.</param>
public sealed record SlotLine(ScheduleSlot Slot, Guid? Run, RunStatus? RunStatus, WaitingFor RunWaits);

/// <summary>A schedule as lists and its page show it.</summary>
/// <param name="Row">The schedule; in lists of screens without its inputs.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="PipelineName">The pipeline's name.</param>
/// <param name="IsStranded">Its pipeline is archived or has no published version: no slot makes a run.</param>
/// <param name="Owner">Who is told what becomes of it: a name or a mail address; null: nobody, or somebody who left.</param>
/// <param name="OwnerMail">The owner's mail address.</param>
/// <param name="Last">The newest slot that is settled; null: none is.</param>
public sealed record ScheduleLine(Schedule Row, Guid Pipeline, string PipelineName, bool IsStranded, string? Owner, string? OwnerMail, SlotLine? Last)
{
    /// <summary>Where it stands.</summary>
    public ScheduleState State => Row.NextSlot is null ? ScheduleState.Ended : Row.PausedAt is null ? ScheduleState.Active : ScheduleState.Paused;

    /// <summary>When it runs, as a phrase that begins a sentence.</summary>
    public string Words { get; } = CronWords.Of(CronLine.OfStored(Row.Cron));

    /// <summary>The zone that it is read in.</summary>
    public TimeZoneInfo Zone { get; } = TimeZones.Find(Row.TimeZone).Value ?? TimeZoneInfo.Utc;
}

/// <summary>A schedule that missed slots.</summary>
public sealed record MissedLine(Guid Id, string PipelineName, int Count);

/// <summary>Reads schedules and their ledgers for screens and programs.</summary>
public sealed class ScheduleList(Database database)
{
    private const int MostCounted = 1_000;

    /// <summary>A page by what comes next: the active ones first, then the paused, then the ended; at most one more than <paramref name="take"/>, which says that there is another page.</summary>
    public async Task<IReadOnlyList<ScheduleLine>> ReadAsync(int workspace, ScheduleFilter filter, SchedulePlace? after, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var found = new List<ScheduleLine>();
        foreach (var state in Enum.GetValues<ScheduleState>().Where(x => (filter.State is null || x == filter.State) && (after is null || x >= after.State)))
        {
            if (found.Count > take) break;
            found.AddRange(await LinesAsync(db, filter.Apply(db, state, after?.State == state ? after : null).Take(take + 1 - found.Count), false, cancel));
        }
        return found;
    }

    /// <summary>A page for programs, the newest first: no order that changes while they read.</summary>
    public async Task<IReadOnlyList<ScheduleLine>> NewestAsync(int workspace, ScheduleFilter filter, int? below, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var rows = filter.Of(db);
        if (below is { } key) rows = rows.Where(x => x.Key < key);
        return await LinesAsync(db, rows.OrderByDescending(x => x.Key).Take(take + 1), true, cancel);
    }

    /// <summary>One schedule; null where there is none.</summary>
    public async Task<ScheduleLine?> FindAsync(Guid id, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return (await LinesAsync(db, db.Schedules.Where(x => x.Id == id && x.DeletedAt == null), true, cancel)).SingleOrDefault();
    }

    /// <summary>A page of a schedule's ledger, the newest slot first, at most one more than <paramref name="take"/>.</summary>
    public async Task<IReadOnlyList<SlotLine>> SlotsAsync(int schedule, int workspace, DateTimeOffset? below, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var rows = db.ScheduleSlots.Where(x => x.ScheduleKey == schedule);
        if (below is { } slot) rows = rows.Where(x => x.Slot < slot);
        return await WithRunsAsync(db, await rows.OrderByDescending(x => x.Slot).Take(take + 1).ToListAsync(cancel), cancel);
    }

    /// <summary>How many are paused, up to a thousand.</summary>
    public async Task<int> PausedAsync(int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return await new ScheduleFilter().Apply(db, ScheduleState.Paused, null).Take(MostCounted).CountAsync(cancel);
    }

    /// <summary>Schedules that missed slots since a time, those with the most first; slots of what somebody changed meanwhile are left out.</summary>
    public async Task<IReadOnlyList<MissedLine>> MissedAsync(int workspace, DateTimeOffset since, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var counts = await db.Schedules.Where(x => x.DeletedAt == null)
            .Join(db.ScheduleSlots.Where(x => x.Slot >= since && x.Status == SlotStatus.Missed && x.Reason != SlotReason.Changed), x => x.Key, x => x.ScheduleKey, (schedule, slot) => new { schedule.Id, schedule.PipelineKey, slot.Count })
            .GroupBy(x => new { x.Id, x.PipelineKey }).Select(x => new { x.Key.Id, x.Key.PipelineKey, Count = x.Sum(s => s.Count) }).OrderByDescending(x => x.Count).Take(take).ToListAsync(cancel);
        var keys = counts.Select(x => x.PipelineKey).ToList();
        var names = await db.Pipelines.Where(x => keys.Contains(x.Key)).ToDictionaryAsync(x => x.Key, x => x.Name, cancel);
        return [.. counts.Select(x => new MissedLine(x.Id, names[x.PipelineKey], x.Count))];
    }

    /// <summary>Pipelines that can be scheduled, by name.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name)>> PipelinesAsync(int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return [.. (await db.Pipelines.Where(x => x.ArchivedAt == null && x.ActiveVersion != null).OrderBy(x => x.Name).Take(MostCounted).Select(x => new { x.Id, x.Name }).ToListAsync(cancel)).Select(x => (x.Id, x.Name))];
    }

    /// <summary>What the published version of a pipeline takes; null where nothing is published.</summary>
    public async Task<IReadOnlyList<InputField>?> InputsAsync(Guid pipeline, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var file = await db.Pipelines.Where(x => x.Id == pipeline).Join(db.PipelineVersions, x => new { x.Key, Version = x.ActiveVersion }, x => new { Key = x.PipelineKey, Version = (int?)x.Number }, (_, version) => version.Graph).SingleOrDefaultAsync(cancel);
        return file is not null && GraphJudge.ReadStored(file).Nodes.FirstOrDefault(x => x.Kind == "input") is { } node && NodeCatalog.Standard.Bind(node) is { Settings: InputSettings settings } ? settings.Fields : null;
    }

    private static async Task<IReadOnlyList<ScheduleLine>> LinesAsync(DesignerDb db, IQueryable<Schedule> schedules, bool withInputs, CancellationToken cancel)
    {
        var rows = await schedules.Select(x => new
        {
            Row = new Schedule
            {
                Key = x.Key, Id = x.Id, WorkspaceId = x.WorkspaceId, PipelineKey = x.PipelineKey, Inputs = withInputs ? x.Inputs : "{}", Cron = x.Cron, TimeZone = x.TimeZone, Missed = x.Missed, GraceSeconds = x.GraceSeconds, Overlap = x.Overlap,
                CountWaiting = x.CountWaiting, StartAt = x.StartAt, EndAt = x.EndAt, Account = x.Account, OwnerId = x.OwnerId, CreatedBy = x.CreatedBy, CreatedAt = x.CreatedAt, UpdatedAt = x.UpdatedAt, Revision = x.Revision,
                PausedAt = x.PausedAt, PausedBy = x.PausedBy, PauseNote = x.PauseNote, DoneUntil = x.DoneUntil, NextSlot = x.NextSlot,
            },
            Pipeline = db.Pipelines.Where(p => p.Key == x.PipelineKey).Select(p => p.Id).FirstOrDefault(), Name = db.Pipelines.Where(p => p.Key == x.PipelineKey).Select(p => p.Name).FirstOrDefault(),
            CanRun = db.Pipelines.Any(p => p.Key == x.PipelineKey && p.ArchivedAt == null && p.ActiveVersion != null),
            Mail = db.Members.Where(m => m.UserId == x.OwnerId).Select(m => m.User!.Email).FirstOrDefault(), Owner = db.Members.Where(m => m.UserId == x.OwnerId).Select(m => m.User!.DisplayName).FirstOrDefault(),
            Last = db.ScheduleSlots.Where(s => s.ScheduleKey == x.Key).Max(s => (DateTimeOffset?)s.Slot),
        }).ToListAsync(cancel);
        var (keys, times) = (rows.Select(x => x.Row.Key).ToList(), rows.Select(x => x.Last).OfType<DateTimeOffset>().Distinct().ToList());
        var last = times.Count == 0 ? [] : await WithRunsAsync(db, await db.ScheduleSlots.Where(x => keys.Contains(x.ScheduleKey) && times.Contains(x.Slot)).ToListAsync(cancel), cancel); // all by the key, and few more than asked for
        return [.. rows.Select(x => new ScheduleLine(x.Row, x.Pipeline, x.Name ?? "", !x.CanRun, x.Owner ?? x.Mail, x.Mail, last.FirstOrDefault(s => s.Slot.ScheduleKey == x.Row.Key && s.Slot.Slot == x.Last)))];
    }

    private static async Task<IReadOnlyList<SlotLine>> WithRunsAsync(DesignerDb db, List<ScheduleSlot> slots, CancellationToken cancel)
    {
        var keys = slots.Select(x => x.RunKey).OfType<long>().ToList();
        var runs = keys.Count == 0 ? [] : await db.Runs.Where(x => keys.Contains(x.Key)).Select(x => new { x.Key, x.Id, x.Status, x.WaitingFor }).ToDictionaryAsync(x => x.Key, cancel);
        return [.. slots.Select(x => x.RunKey is { } key && runs.TryGetValue(key, out var run) ? new SlotLine(x, run.Id, run.Status, run.WaitingFor) : new SlotLine(x, null, null, WaitingFor.None))];
    }
}
