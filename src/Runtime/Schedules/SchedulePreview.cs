using System.Globalization;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>A coming slot as people read it.</summary>
/// <param name="At">The instant, in UTC.</param>
/// <param name="Local">The same on the clocks of the schedule's zone.</param>
/// <param name="Note">What the setting of clocks does to it, as a sentence; null: nothing.</param>
public sealed record ComingSlot(DateTimeOffset At, DateTimeOffset Local, string? Note);

/// <summary>What a line in a zone will do.</summary>
/// <param name="Words">When it runs, as a phrase.</param>
/// <param name="TimeZone">The zone's IANA name.</param>
/// <param name="Slots">The next slots, oldest first.</param>
/// <param name="Warning">A sentence about what it will cost; null: nothing unusual.</param>
public sealed record SchedulePreview(string Words, string TimeZone, IReadOnlyList<ComingSlot> Slots, string? Warning)
{
    /// <summary>The most slots that are shown at once.</summary>
    public const int Most = 100;

    /// <summary>The next slots of a line after a time, or what is wrong with the line or the zone.</summary>
    public static Answer<SchedulePreview> Of(string? cron, string? timeZone, DateTimeOffset after, int count, DateTimeOffset? start = null, DateTimeOffset? end = null)
    {
        var (line, zone) = (CronLine.Parse(cron), TimeZones.Find(timeZone));
        if (line.Refusal is { } wrong) return zone.Refusal is { } both ? wrong with { Errors = [.. wrong.Errors!, .. both.Errors!] } : wrong;
        if (zone.Refusal is { } unknown) return unknown;
        var times = new SlotTimes(line.Value!, zone.Value!);
        var slots = times.After(start > after ? start.Value.AddTicks(-1) : after).Where(x => start is null || x.At >= start).TakeWhile(x => end is null || x.At <= end).Take(count)
            .Select(x => new ComingSlot(x.At, TimeZoneInfo.ConvertTime(x.At, zone.Value!), Note(x, line.Value!, zone.Value!))).ToList();
        return new SchedulePreview(CronWords.Of(line.Value!), zone.Value!.Id, slots, line.Value!.Interval < 60 ? "It runs more than once a minute. Every run that calls a model costs." : null);
    }

    private static string? Note(SlotTime slot, CronLine line, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(slot.At, zone);
        var (day, wall) = (local.ToString("d MMM yyyy", CultureInfo.InvariantCulture), slot.Wall.ToString("HH:mm", CultureInfo.InvariantCulture));
        return slot.Change switch
        {
            ClockChange.Moved => $"On {day} it runs at {local.ToString("HH:mm", CultureInfo.InvariantCulture)}: the clocks are set forward, and {wall} is left out.",
            ClockChange.First when !line.IsInterval => $"On {day} the clocks are set back, and {wall} comes twice: it runs the first time.",
            ClockChange.First => $"On {day} the clocks are set back: this is the first {wall}.",
            ClockChange.Second => $"On {day} the clocks are set back: this is the second {wall}.",
            _ => null,
        };
    }
}
