using System.Globalization;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>The shapes of schedules that people choose from.</summary>
public enum RhythmKind
{
    /// <summary>Every n minutes of the hour; n divides 60.</summary>
    Minutes,

    /// <summary>Every n hours of the day; n divides 24.</summary>
    Hours,

    /// <summary>Every day at a time.</summary>
    Daily,

    /// <summary>Monday to Friday at a time.</summary>
    Weekdays,

    /// <summary>On some days of the week at a time.</summary>
    Weekly,

    /// <summary>On a day of the month, or its last, at a time.</summary>
    Monthly,
}

/// <summary>A schedule as a form shows it; every rhythm is a cron line of five fields, and some lines are rhythms.</summary>
public sealed record Rhythm
{
    /// <summary>The last day of a month, whichever that is.</summary>
    public const int LastDay = 32;

    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>What <see cref="Every"/> may be for minutes.</summary>
    public static IReadOnlyList<int> MinuteSteps { get; } = [1, 5, 10, 15, 20, 30];

    /// <summary>What <see cref="Every"/> may be for hours.</summary>
    public static IReadOnlyList<int> HourSteps { get; } = [1, 2, 3, 4, 6, 8, 12];

    /// <summary>The shape.</summary>
    public RhythmKind Kind { get; init; } = RhythmKind.Weekdays;

    /// <summary>Of minutes and hours: how many lie between two slots.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The time of day; of hours only its minute counts.</summary>
    public TimeOnly At { get; init; } = new(8, 30);

    /// <summary>Of weeks: the days, 0 for Sunday.</summary>
    public IReadOnlyList<int> Days { get; init; } = [1];

    /// <summary>Of months: 1 to 31, or <see cref="LastDay"/>.</summary>
    public int Day { get; init; } = 1;

    /// <summary>The cron line.</summary>
    public string ToCron()
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"{At.Minute} {At.Hour}");
        return Kind switch
        {
            RhythmKind.Minutes => Every == 1 ? "* * * * *" : string.Create(CultureInfo.InvariantCulture, $"*/{Every} * * * *"),
            RhythmKind.Hours => string.Create(CultureInfo.InvariantCulture, $"{At.Minute} {(Every == 1 ? "*" : $"*/{Every}")} * * *"),
            RhythmKind.Daily => $"{at} * * *",
            RhythmKind.Weekdays => $"{at} * * MON-FRI",
            RhythmKind.Weekly => $"{at} * * {string.Join(',', Days.Order().Select(x => DayNames[x]))}",
            _ => $"{at} {(Day == LastDay ? "L" : Day.ToString(CultureInfo.InvariantCulture))} * *",
        };
    }

    /// <summary>The rhythm that a line is; null: it is another one.</summary>
    public static Rhythm? Of(CronLine line)
    {
        var f = line.Fields;
        if (f.Count != 6 || f[0] != "0" || f[4] != "*") return null;
        var anyDay = f[3] is "*" or "?" && f[5] is "*" or "?";
        if (anyDay && f[2] == "*" && StepOf(f[1]) is { } minutes && MinuteSteps.Contains(minutes)) return new Rhythm { Kind = RhythmKind.Minutes, Every = minutes };
        if (Number(f[1]) is not { } minute) return null;
        if (anyDay && StepOf(f[2]) is { } hours && HourSteps.Contains(hours)) return new Rhythm { Kind = RhythmKind.Hours, Every = hours, At = new TimeOnly(0, minute) };
        if (Number(f[2]) is not { } hour) return null;
        var at = new TimeOnly(hour, minute);
        if (anyDay) return new Rhythm { Kind = RhythmKind.Daily, At = at };
        if (f[5] is "*" or "?") return f[3] == "L" ? new Rhythm { Kind = RhythmKind.Monthly, At = at, Day = LastDay } : Number(f[3]) is { } day ? new Rhythm { Kind = RhythmKind.Monthly, At = at, Day = day } : null;
        if (f[3] is not ("*" or "?")) return null;
        if (f[5] is "MON-FRI" or "2-6") return new Rhythm { Kind = RhythmKind.Weekdays, At = at };
        var days = f[5].Split(',').Select(x => Array.IndexOf(DayNames, x) is >= 0 and var named ? named : Number(x) is >= 1 and <= 7 and var number ? number - 1 : -1).ToList();
        return days.Contains(-1) ? null : new Rhythm { Kind = RhythmKind.Weekly, At = at, Days = [.. days.Distinct().Order()] };
    }

    private static int? StepOf(string field) => field == "*" ? 1 : (field.StartsWith("*/", StringComparison.Ordinal) || field.StartsWith("0/", StringComparison.Ordinal)) ? Number(field[2..]) : null;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
