using System.Globalization;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Schedules;

/// <summary>What screens say of schedules and their slots.</summary>
public static class ScheduleWords
{
    /// <summary>How a schedule's state looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(ScheduleState state) => state switch
    {
        ScheduleState.Active => ("Active", "ok", "clock"),
        ScheduleState.Paused => ("Paused", "wait", "pause"),
        _ => ("Ended", "slate", "stop"),
    };

    /// <summary>How a slot's outcome looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(ScheduleSlot slot) => slot.Status switch
    {
        SlotStatus.Ran => ("Ran", "ok", "check"),
        SlotStatus.Skipped => ("Skipped", "skipped", "skip"),
        SlotStatus.Held => ("Waits its turn", "slate", "hourglass"),
        _ when slot.Reason == SlotReason.Changed => ("Left out", "slate", "stop"),
        _ => ("Missed", "bad", "cross"),
    };

    /// <summary>Why a slot came to what it is, in a sentence; empty where there is nothing to explain.</summary>
    public static string Why(ScheduleSlot slot, TimeZoneInfo zone, DateTimeOffset now)
    {
        var why = (slot.Status, slot.Reason) switch
        {
            (SlotStatus.Ran, SlotReason.Late) => "Nothing ran schedules at its time, so it ran late.",
            (SlotStatus.Ran, SlotReason.Overlap) => "It waited until an earlier run was over.",
            (SlotStatus.Ran, SlotReason.Triggered) => slot.Note is { } by ? $"{by} triggered it, beside its times." : "Somebody triggered it, beside its times.",
            (SlotStatus.Held, SlotReason.Late) => "It runs late, as soon as the ones before it are over.",
            (SlotStatus.Held, _) => "It runs as soon as the earlier run is over.",
            (_, SlotReason.Overlap) => "An earlier run was not over.",
            (_, SlotReason.Paused) => "The schedule was paused.",
            (_, SlotReason.Coalesced) => slot.Into is { } into ? $"{Wall(into, zone, now)} made up for it." : "A later time made up for it.",
            (_, SlotReason.Late) => "Nothing ran schedules at that time.",
            (_, SlotReason.Refused) => slot.Note ?? "The run was refused.",
            (_, SlotReason.Changed) => "The schedule was changed before it ran.",
            _ => "",
        };
        return slot is { Count: > 1, Until: { } until } ? $"{Say.Number(slot.Count)} times up to {Wall(until, zone, now)}. {why}" : why;
    }

    /// <summary>When a time counts as missed, as the end of a sentence.</summary>
    public static string Grace(int seconds) => seconds == 0 ? "when it is late at all" : $"when it is more than {(seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds} s") : Say.Duration(TimeSpan.FromSeconds(seconds)))} late";

    /// <summary>How late a run began: <c>on time</c>, <c>0.4 s late</c>, <c>2 h 4 min late</c>.</summary>
    public static string Late(TimeSpan late) => late < TimeSpan.FromMilliseconds(100) ? "on time"
        : late < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(late.TotalSeconds * 10) / 10:0.0} s late") : Say.Duration(late) + " late";

    /// <summary>A time on the clocks of a zone: <c>Mon 30 Nov 08:30</c>, with the year where it is another one, and with seconds where there are some or others of a list have some.</summary>
    public static string Wall(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now, bool withSeconds = false)
    {
        var (local, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        return local.ToString($"ddd d MMM{(local.Year == today.Year ? "" : " yyyy")} HH:mm{(local.Second == 0 && !withSeconds ? "" : ":ss")}", CultureInfo.InvariantCulture);
    }

    /// <summary>What a run's page says of its slot.</summary>
    /// <param name="scheduled">The schedule that made the run; null: a person repeated a run of a schedule.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="made">When the run was made.</param>
    /// <param name="own">The zone of who reads it.</param>
    public static string Of(ScheduledRun? scheduled, DateTimeOffset slot, DateTimeOffset made, TimeZoneInfo own)
    {
        if (scheduled is { TriggeredBy: { } by }) return $"{by} triggered its schedule, beside its times.";
        var zone = scheduled is null ? own : TimeZones.Find(scheduled.TimeZone).Value ?? TimeZoneInfo.Utc;
        var when = $"{Wall(slot, zone, made)} ({zone.Id})";
        return scheduled is null ? $"Repeats the run that was scheduled for {when}." : $"Scheduled for {when}, {Late(made - slot)}.";
    }

    /// <summary>What becomes of times that were missed.</summary>
    public static string Of(MissedPolicy policy) => policy switch
    {
        MissedPolicy.Skip => "Leave them out",
        MissedPolicy.RunOnce => "Run once for all of them",
        _ => "Run each of them, late",
    };

    /// <summary>What becomes of a time that comes while an earlier run is not over.</summary>
    public static string Of(OverlapPolicy policy) => policy switch
    {
        OverlapPolicy.Allow => "Run beside it",
        OverlapPolicy.Skip => "Leave this time out",
        _ => "Wait until it is over, then run",
    };
}
