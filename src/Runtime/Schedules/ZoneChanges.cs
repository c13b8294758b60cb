using System.Collections.Concurrent;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>A moment at which the clocks of a zone are set.</summary>
/// <param name="At">The first instant after it.</param>
/// <param name="Before">What the zone was ahead of UTC before.</param>
/// <param name="After">What it is ahead from then on.</param>
internal sealed record ZoneChange(DateTimeOffset At, TimeSpan Before, TimeSpan After)
{
    /// <summary>The wall clock at which the old time ends.</summary>
    public DateTime WallBefore => (At + Before).DateTime;

    /// <summary>The wall clock at which the new time begins.</summary>
    public DateTime WallAfter => (At + After).DateTime;
}

/// <summary>
/// When clocks are set, found by looking at what a zone is ahead of UTC. The rules that zones carry are not asked: those of Casablanca and Dublin, where summer is the normal time,
/// send readers of cron lines round in circles (seen with Quartz 4.7.3 and Cronos 0.13).
/// </summary>
internal static class ZoneChanges
{
    private static readonly TimeSpan Step = TimeSpan.FromHours(6);
    private static readonly ConcurrentDictionary<(string Zone, int Year), IReadOnlyList<ZoneChange>> Years = [];

    /// <summary>The first change after an instant, in its year or the next; null: there is none.</summary>
    public static ZoneChange? After(TimeZoneInfo zone, DateTimeOffset at)
    {
        for (var year = at.UtcDateTime.Year; year <= at.UtcDateTime.Year + 1; year++)
            if (Of(zone, year).FirstOrDefault(x => x.At > at) is { } change) return change;
        return null;
    }

    /// <summary>The last change up to an instant, in its year or the one before; null: there is none.</summary>
    public static ZoneChange? UpTo(TimeZoneInfo zone, DateTimeOffset at)
    {
        for (var year = at.UtcDateTime.Year; year >= at.UtcDateTime.Year - 1; year--)
            if (Of(zone, year).LastOrDefault(x => x.At <= at) is { } change) return change;
        return null;
    }

    private static IReadOnlyList<ZoneChange> Of(TimeZoneInfo zone, int year) => Years.GetOrAdd((zone.Id, year), _ => [.. Find(zone, year)]);

    private static IEnumerable<ZoneChange> Find(TimeZoneInfo zone, int year)
    {
        var at = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var offset = zone.GetUtcOffset(at);
        for (var end = at.AddYears(1); at < end; at += Step)
        {
            var next = zone.GetUtcOffset(at + Step);
            if (next == offset) continue;
            var (low, high) = (at, at + Step);
            while (high - low > TimeSpan.FromSeconds(1))
            {
                var middle = low + TimeSpan.FromSeconds(Math.Floor((high - low).TotalSeconds / 2));
                if (zone.GetUtcOffset(middle) == offset) low = middle;
                else high = middle;
            }
            yield return new ZoneChange(high, offset, next);
            offset = next;
        }
    }
}
