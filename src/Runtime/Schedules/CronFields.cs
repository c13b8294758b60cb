using System.Globalization;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>A field of a cron line: what it is called and what may stand in it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Least">The least number.</param>
/// <param name="Most">The greatest number.</param>
/// <param name="Names">Words for its numbers from the least on; empty: it has none.</param>
/// <param name="IsDay">A day of the month or of the week, which knows <c>?</c>, <c>L</c>, <c>W</c> and <c>#</c>.</param>
internal sealed record CronField(string Name, int Least, int Most, string[] Names, bool IsDay = false)
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>Crontab's five fields.</summary>
    public static readonly IReadOnlyList<CronField> Crontab =
    [
        new("minute", 0, 59, []), new("hour", 0, 23, []), new("day of the month", 1, 31, [], true), new("month", 1, 12, Months), new("day of the week", 0, 7, Days, true),
    ];

    /// <summary>Quartz's seven fields, of which the last may be left out.</summary>
    public static readonly IReadOnlyList<CronField> Quartz =
    [
        new("second", 0, 59, []), new("minute", 0, 59, []), new("hour", 0, 23, []), new("day of the month", 1, 31, [], true), new("month", 1, 12, Months),
        new("day of the week", 1, 7, Days, true), new("year", 1970, 2199, []),
    ];

    /// <summary>What is wrong with the text of this field, as a sentence; null: nothing.</summary>
    public string? Wrong(string text)
    {
        if (IsDay && text == "?") return null;
        foreach (var part in text.Split(','))
            if (WrongPart(part) is { } wrong) return wrong;
        return null;
    }

    private string Allowed => $"{Name} takes {Least} to {Most}{(Names.Length > 0 ? $" or {Names[0]} to {Names[^1]}" : "")}";

    private string? WrongPart(string part)
    {
        if (part.Length == 0) return $"The {Name} has an empty part: a comma stands where a value is missing.";
        if (IsDay && IsSpecial(part)) return null;
        var step = part.Split('/');
        if (step.Length > 2) return $"The {Name} '{Short(part)}' has more than one '/'.";
        if (step.Length == 2 && (!int.TryParse(step[1], NumberStyles.None, CultureInfo.InvariantCulture, out var by) || by < 1 || by > Most))
            return $"The {Name} '{Short(part)}' steps by '{Short(step[1])}'; a step is 1 to {Most}.";
        if (step[0] == "*") return null;
        var range = step[0].Split('-');
        if (range.Length > 2) return $"The {Name} '{Short(part)}' has more than one '-'.";
        foreach (var end in range)
            if (NumberOf(end) is null) return $"The {Name} '{Short(end)}' cannot be: {Allowed}.";
        return range.Length == 2 && NumberOf(range[0]) > NumberOf(range[1]) ? $"The {Name} '{Short(part)}' runs backwards. Write two ranges with a comma between them." : null;
    }

    /// <summary>The last day, the nearest weekday, the n-th such day.</summary>
    private bool IsSpecial(string part)
    {
        if (part is "L" or "LW") return true;
        if (part.StartsWith("L-", StringComparison.Ordinal)) return Least == 1 && Most == 31 && Between(part[2..], 1, 30);
        if (part.EndsWith('W')) return Most == 31 && Between(part[..^1], 1, 31);
        if (part.EndsWith('L')) return Most == 7 && NumberOf(part[..^1]) is not null;
        var nth = part.Split('#');
        return nth.Length == 2 && Most == 7 && NumberOf(nth[0]) is not null && Between(nth[1], 1, 5);
    }

    private int? NumberOf(string text)
    {
        if (Between(text, Least, Most)) return int.Parse(text, CultureInfo.InvariantCulture);
        var at = Array.FindIndex(Names, x => x.Equals(text, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? null : at + Least;
    }

    private static bool Between(string text, int least, int most) => text.Length is > 0 and < 5 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    private static string Short(string text) => text.Length > 20 ? text[..20] + "…" : text;
}
