using System.Data;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>A schedule with what is needed to make its run.</summary>
/// <param name="Row">The schedule.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="PipelineName">The pipeline's name.</param>
/// <param name="ActiveVersion">The version that would run; null: none is published.</param>
/// <param name="IsArchived">The pipeline was put away.</param>
internal sealed record KnownSchedule(Schedule Row, Guid Pipeline, string PipelineName, int? ActiveVersion, bool IsArchived)
{
    private const string Select = """
        SELECT s.Key, s.Id, s.WorkspaceId, s.PipelineKey, s.Inputs, s.Cron, s.TimeZone, s.Missed, s.GraceSeconds, s.Overlap, s.CountWaiting, s.StartAt, s.EndAt, s.Account, s.OwnerId, s.CreatedBy, s.CreatedAt,
            s.UpdatedAt, s.Revision, s.PausedAt, s.PausedBy, s.PauseNote, s.DoneUntil, s.NextSlot, p.Id, p.Name, p.ActiveVersion, p.ArchivedAt IS NOT NULL
        FROM Schedules s JOIN Pipelines p ON p.Key = s.PipelineKey WHERE s.DeletedAt IS NULL AND
        """;

    /// <summary>Those whose next slot is due, the longest due first.</summary>
    public const string Due = Select + " s.NextSlot <= @1 ORDER BY s.NextSlot LIMIT @2";

    /// <summary>Those that have a slot which waits for an earlier run.</summary>
    public const string Holding = Select + " s.Key IN (SELECT ScheduleKey FROM ScheduleSlots WHERE Status = 3)";

    /// <summary>Those that were judged at a time that is still to come: the clock was set back.</summary>
    public const string Ahead = Select + " s.NextSlot IS NOT NULL AND s.DoneUntil > @1";

    /// <summary>One of a workspace.</summary>
    public const string One = Select + " s.Id = @1 AND s.WorkspaceId = @2";

    /// <summary>One by its number.</summary>
    public const string ByKey = Select + " s.Key = @1";

    /// <summary>The sentence that says why its pipeline cannot run; null: it can.</summary>
    public string? Unfit => IsArchived ? "Its pipeline is archived. Bring it back, or delete the schedule." : ActiveVersion is null ? "Its pipeline has no published version." : null;

    /// <summary>Its slots.</summary>
    public SlotTimes Times => new(CronLine.OfStored(Row.Cron), TimeZones.Find(Row.TimeZone).Value!);

    public static KnownSchedule Read(IDataRecord x) => new(new Schedule
    {
        Key = x.GetInt32(0), Id = x.Id(1), WorkspaceId = x.GetInt32(2), PipelineKey = x.GetInt32(3), Inputs = x.GetString(4), Cron = x.GetString(5), TimeZone = x.GetString(6), Missed = (MissedPolicy)x.GetInt32(7),
        GraceSeconds = x.GetInt32(8), Overlap = (OverlapPolicy)x.GetInt32(9), CountWaiting = x.GetInt32(10) != 0, StartAt = x.TimeOrNull(11), EndAt = x.TimeOrNull(12), Account = x.TextOrNull(13), OwnerId = x.IdOrNull(14),
        CreatedBy = x.GetString(15), CreatedAt = x.Time(16), UpdatedAt = x.Time(17), Revision = x.GetInt32(18), PausedAt = x.TimeOrNull(19), PausedBy = x.TextOrNull(20), PauseNote = x.TextOrNull(21), DoneUntil = x.Time(22),
        NextSlot = x.TimeOrNull(23),
    }, x.Id(24), x.GetString(25), x.IntOrNull(26), x.GetInt32(27) != 0);
}
