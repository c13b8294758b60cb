using System.Globalization;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Notices;

/// <summary>When notices leave.</summary>
internal static class NoticeTimes
{
    /// <summary>How long a notice waits for others: a list of a thousand approvals is one mail, and what is decided at once is none.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMinutes(1);

    /// <summary>How long after its time a notice is still worth sending.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>The pause before an attempt is repeated.</summary>
    public static TimeSpan Pause(int attempts)
    {
        var doubled = TimeSpan.FromMinutes(Math.Pow(2, Math.Min(attempts - 1, 10)));
        return doubled < LongestPause ? doubled : LongestPause;
    }

    /// <summary>
    /// The next time at which clocks of a zone show that full hour, after <paramref name="now"/>. An hour that a day leaves out is the moment at which clocks
    /// jump over it; of one that a day has twice it is the first.
    /// </summary>
    public static DateTimeOffset NextDigest(DateTimeOffset now, int hour, string timeZone) =>
        new SlotTimes(CronLine.OfStored(string.Create(CultureInfo.InvariantCulture, $"0 {hour} * * *")), TimeZones.Find(timeZone).Value ?? TimeZoneInfo.Utc).Next(now)!.Value;
}
