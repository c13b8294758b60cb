namespace PromptDesigner.Runtime.Schedules;

/// <summary>What the setting of clocks does to a slot.</summary>
public enum ClockChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its time of day is left out on that day: it runs when the clocks have been set.</summary>
    Moved,

    /// <summary>Its time of day comes twice on that day, and this is the first.</summary>
    First,

    /// <summary>Its time of day comes twice on that day, and this is the second.</summary>
    Second,
}

/// <summary>A time at which a schedule runs.</summary>
/// <param name="At">The instant, in UTC.</param>
/// <param name="Change">What the setting of clocks does to it.</param>
/// <param name="Wall">The time of day that the line names; another one than the clock shows where it was moved.</param>
public readonly record struct SlotTime(DateTimeOffset At, ClockChange Change, DateTime Wall);

/// <summary>
/// The slots of a line in a zone, as crontab's readers have it: what falls into the time that is left out when clocks are set runs at that moment, a time of day that comes twice runs once,
/// and what recurs within hours goes on as if no clock had been set.
/// </summary>
public sealed class SlotTimes(CronLine line, TimeZoneInfo zone)
{
    private const int LastYear = 2199;

    /// <summary>The zone.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>Every slot after an instant, oldest first, without an end where the line has none.</summary>
    public IEnumerable<SlotTime> After(DateTimeOffset after)
    {
        if (after.UtcDateTime.Year >= LastYear) yield break;
        var at = after.ToUniversalTime();
        var set = ZoneChanges.UpTo(zone, at);
        var wall = (at + zone.GetUtcOffset(at)).DateTime;
        while (wall.Year < LastYear)
        {
            var offset = zone.GetUtcOffset(at);
            var next = ZoneChanges.After(zone, at);
            var end = next?.At ?? at.AddDays(300); // another look for changes after that
            var endWall = (end + offset).DateTime;
            while (true)
            {
                if (line.NextWall(wall) is not { } found) yield break;
                if (found >= endWall) break;
                wall = found;
                var isSecond = set is not null && found < set.WallBefore && found >= set.WallAfter;
                if (isSecond && !line.IsInterval) continue; // it ran an hour ago
                var isFirst = next is not null && next.WallAfter <= found && found < next.WallBefore;
                yield return new SlotTime(new DateTimeOffset(found, TimeSpan.Zero) - offset, isSecond ? ClockChange.Second : isFirst ? ClockChange.First : ClockChange.None, found);
            }
            if (next is not null && line.NextWall(next.WallBefore.AddSeconds(-1)) is { } lost && lost < next.WallAfter && line.NextWall(next.WallAfter.AddSeconds(-1)) != next.WallAfter)
                yield return new SlotTime(next.At, ClockChange.Moved, lost);
            (at, set) = (end, next ?? set);
            wall = (end + zone.GetUtcOffset(end)).DateTime.AddSeconds(-1);
        }
    }

    /// <summary>The first slot after an instant and not before <paramref name="start"/>; null: there is none, or it would come after <paramref name="end"/>.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? start = null, DateTimeOffset? end = null)
    {
        var from = start > after ? start.Value.AddTicks(-1) : after;
        foreach (var slot in After(from))
            if (start is null || slot.At >= start) return slot.At <= (end ?? DateTimeOffset.MaxValue) ? slot.At : null;
        return null;
    }
}
