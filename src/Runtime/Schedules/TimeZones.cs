namespace PromptDesigner.Runtime.Schedules;

/// <summary>Time zones by their IANA names.</summary>
public static class TimeZones
{
    private static readonly Lazy<IReadOnlyList<string>> Known = new(() =>
        [.. TimeZoneInfo.GetSystemTimeZones(skipSorting: true).Select(x => x.HasIanaId ? x.Id : null).OfType<string>().Where(IsPlace).Order(StringComparer.Ordinal)]);

    /// <summary>Every zone that is named after a place, and UTC, by name.</summary>
    public static IReadOnlyList<string> Names => Known.Value;

    /// <summary>The zone, by its IANA or its Windows name, or what is wrong with the name.</summary>
    public static Answer<TimeZoneInfo> Find(string? name)
    {
        var id = (name ?? "").Trim();
        if (id is "UTC" or "Etc/UTC") return TimeZoneInfo.Utc;
        if (id.Length is 0 or > 60 || !id.All(x => char.IsAsciiLetterOrDigit(x) || x is '/' or '_' or '-' or '+' or ' ' or '.' or '(' or ')')) return Unknown(id);
        if (TimeZoneInfo.TryConvertWindowsIdToIanaId(id, out var iana)) id = iana;
        if (id.Contains('.', StringComparison.Ordinal) || !TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) || !zone.HasIanaId) return Unknown(id);
        return zone;
    }

    private static Refusal Unknown(string id)
    {
        var near = id.Length == 0 ? null : Names.FirstOrDefault(x => x.Contains(id, StringComparison.OrdinalIgnoreCase)) ?? Names.FirstOrDefault(x => Last(x).Equals(Last(id), StringComparison.OrdinalIgnoreCase));
        var sentence = id.Length == 0 ? "Choose a time zone, such as Europe/Berlin." : $"There is no time zone '{(id.Length > 60 ? id[..60] + "…" : id)}'. {(near is null ? "Write it like Europe/Berlin." : $"Did you mean {near}?")}";
        return new Refusal("time_zone_unknown", sentence, [new FieldError("/timeZone", sentence)]);
    }

    private static string Last(string id) => id[(id.LastIndexOf('/') + 1)..];

    private static bool IsPlace(string id) => id == "UTC" || (id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal) && !id.StartsWith("SystemV/", StringComparison.Ordinal));
}
