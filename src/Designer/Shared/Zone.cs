using System.Globalization;

namespace PromptDesigner.Designer.Shared;

/// <summary>A person's time zone, and times said in it.</summary>
public sealed class Zone
{
    private readonly TimeZoneInfo _zone;

    private Zone(TimeZoneInfo zone) => _zone = zone;

    /// <summary>Where nothing is known of the person.</summary>
    public static Zone Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The zone's name, IANA.</summary>
    public string Name => _zone.Id;

    /// <summary>The zone itself.</summary>
    public TimeZoneInfo Info => _zone;

    /// <summary>The zone of that name; UTC where there is none.</summary>
    public static Zone Of(string? name) => name is { Length: > 0 and < 100 } && TimeZoneInfo.TryFindSystemTimeZoneById(Uri.UnescapeDataString(name), out var zone) ? new Zone(zone) : Utc;

    /// <summary>The exact time: <c>24 Nov 2026, 14:05:09</c>.</summary>
    public string Exact(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone).ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture) + (_zone == TimeZoneInfo.Utc ? " UTC" : "");

    /// <summary>A day in this zone as the time it begins.</summary>
    public DateTimeOffset DayOf(DateTimeOffset time) => StartOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, _zone).DateTime));

    /// <summary>When a day begins in this zone.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
