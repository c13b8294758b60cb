using PromptDesigner.Data.Schedules;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>What is to become of a slot that is due, before anybody looks whether an earlier run is over.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Status"><see cref="SlotStatus.Ran"/>: it is to run.</param>
/// <param name="Reason">Why.</param>
/// <param name="Into">The slot that makes up for it.</param>
/// <param name="Until">Of a verdict over many slots: the last of them.</param>
/// <param name="Count">How many slots it is about.</param>
internal sealed record SlotVerdict(DateTimeOffset Slot, SlotStatus Status, SlotReason Reason, DateTimeOffset? Into = null, DateTimeOffset? Until = null, int Count = 1);

/// <summary>Judges the slots that are due by what a schedule says of missed ones. No clock, no rows.</summary>
internal static class SlotPlan
{
    /// <summary>Slots that are kept one by one; older ones are kept as one row over all of them.</summary>
    public const int Most = 1_000;

    /// <summary>One verdict for each slot after <see cref="Schedule.DoneUntil"/> up to now, oldest first.</summary>
    public static IReadOnlyList<SlotVerdict> Judge(Schedule schedule, SlotTimes times, DateTimeOffset now)
    {
        var (due, older) = Due(schedule, times, now);
        var verdicts = new List<SlotVerdict>();
        if (older is { } many)
            verdicts.Add(schedule.PausedAt is null ? new SlotVerdict(many.First, SlotStatus.Missed, SlotReason.Late, null, many.Last, many.Count) : new SlotVerdict(many.First, SlotStatus.Skipped, SlotReason.Paused, null, many.Last, many.Count));
        for (var i = 0; i < due.Count; i++) verdicts.Add(JudgeOne(schedule, due[i], i == due.Count - 1, due[^1], now));
        return verdicts;
    }

    private static SlotVerdict JudgeOne(Schedule schedule, DateTimeOffset slot, bool isNewest, DateTimeOffset newest, DateTimeOffset now)
    {
        if (schedule.PausedAt is not null) return new SlotVerdict(slot, SlotStatus.Skipped, SlotReason.Paused);
        if (now - slot <= TimeSpan.FromSeconds(schedule.GraceSeconds)) return new SlotVerdict(slot, SlotStatus.Ran, SlotReason.None);
        return schedule.Missed switch
        {
            MissedPolicy.Skip => new SlotVerdict(slot, SlotStatus.Missed, SlotReason.Late),
            MissedPolicy.RunOnce when !isNewest => new SlotVerdict(slot, SlotStatus.Skipped, SlotReason.Coalesced, newest),
            _ => new SlotVerdict(slot, SlotStatus.Ran, SlotReason.Late),
        };
    }

    private static (List<DateTimeOffset> Due, (DateTimeOffset First, DateTimeOffset Last, int Count)? Older) Due(Schedule schedule, SlotTimes times, DateTimeOffset now)
    {
        var newest = new Queue<DateTimeOffset>();
        (DateTimeOffset First, DateTimeOffset Last, int Count)? older = null;
        foreach (var (slot, _, _) in times.After(schedule.DoneUntil))
        {
            if (slot > now || slot > schedule.EndAt) break;
            if (slot < schedule.StartAt) continue;
            newest.Enqueue(slot);
            if (newest.Count <= Most) continue;
            var last = newest.Dequeue();
            older = older is { } many ? (many.First, last, many.Count + 1) : (last, last, 1);
        }
        return ([.. newest], older);
    }
}
