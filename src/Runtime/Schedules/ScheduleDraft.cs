using System.Text.Json;
using PromptDesigner.Data.Schedules;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>A schedule as a person or a program writes it.</summary>
public sealed record ScheduleDraft
{
    /// <summary>How late a slot may start where nobody says otherwise, in seconds.</summary>
    public const int UsualGrace = 30;

    /// <summary>The pipeline's id.</summary>
    public required Guid Pipeline { get; init; }

    /// <summary>A JSON object of inputs; undefined means empty.</summary>
    public JsonElement Inputs { get; init; }

    /// <summary>Five fields, or six to seven in Quartz's form.</summary>
    public required string Cron { get; init; }

    /// <summary>IANA or Windows name.</summary>
    public required string TimeZone { get; init; }

    /// <summary>What becomes of slots that nobody ran in time.</summary>
    public MissedPolicy Missed { get; init; } = MissedPolicy.RunOnce;

    /// <summary>How late a slot may start, 0 to 86,400 seconds.</summary>
    public int GraceSeconds { get; init; } = UsualGrace;

    /// <summary>What becomes of a slot that comes while a run is not over.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Skip;

    /// <summary>Whether a run that only waits for people counts as not over.</summary>
    public bool CountWaiting { get; init; }

    /// <summary>No slot before it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>No slot after it.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>The account of its runs.</summary>
    public string? Account { get; init; }

    /// <summary>The line and the zone, or everything that is wrong with the draft itself.</summary>
    internal Answer<(CronLine Line, TimeZoneInfo Zone)> Check(DateTimeOffset now)
    {
        var (line, zone) = (CronLine.Parse(Cron), TimeZones.Find(TimeZone));
        var errors = new List<FieldError>([.. line.Refusal?.Errors ?? [], .. zone.Refusal?.Errors ?? []]);
        if (GraceSeconds is < 0 or > 86_400) errors.Add(new FieldError("/graceSeconds", "How late it may start is 0 to 86400 seconds."));
        if (Account is { Length: 0 or > 200 }) errors.Add(new FieldError("/account", "The account has 1 to 200 characters."));
        if (EndAt <= StartAt) errors.Add(new FieldError("/endAt", "The end is not after the start."));
        else if (EndAt <= now) errors.Add(new FieldError("/endAt", "The end is past."));
        else if (line.Value is { } known && zone.Value is { } place && new SlotTimes(known, place).Next(now, StartAt, EndAt) is null)
            errors.Add(new FieldError(EndAt is null ? "/cron" : "/endAt", EndAt is null ? "This schedule would never run: no such time is left." : "This schedule would never run: no slot lies before its end."));
        if (errors.Count == 0) return (line.Value!, zone.Value!);
        return new Refusal(line.Refusal is null && zone.Refusal is not null ? "time_zone_unknown" : "schedule_invalid", string.Join(" ", errors.Select(x => x.Message)), errors);
    }
}
