using System.Globalization;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>Reads a cron line aloud.</summary>
public static class CronWords
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>When it runs, as a phrase that begins a sentence: "Every weekday at 08:30".</summary>
    public static string Of(CronLine line) => Rhythm.Of(line) is { } rhythm ? Of(rhythm) : Spelled(line.Fields);

    private static string Of(Rhythm x)
    {
        var at = x.At.ToString("HH:mm", CultureInfo.InvariantCulture);
        return x.Kind switch
        {
            RhythmKind.Minutes => x.Every == 1 ? "Every minute" : $"Every {x.Every} minutes",
            RhythmKind.Hours => $"Every {(x.Every == 1 ? "hour" : $"{x.Every} hours")}{(x.At.Minute == 0 ? ", on the hour" : string.Create(CultureInfo.InvariantCulture, $", {x.At.Minute} minutes past"))}",
            RhythmKind.Daily => $"Every day at {at}",
            RhythmKind.Weekdays => $"Every weekday at {at}",
            RhythmKind.Weekly => x.Days.Count == 7 ? $"Every day at {at}" : $"Every {And([.. x.Days.OrderBy(d => (d + 6) % 7).Select(d => English.DateTimeFormat.GetDayName((DayOfWeek)d))])} at {at}",
            _ => x.Day == Rhythm.LastDay ? $"On the last day of every month at {at}" : $"On day {x.Day} of every month at {at}",
        };
    }

    private static string Spelled(IReadOnlyList<string> f)
    {
        var parts = new List<string>();
        if (Numbers(f[0]) is [var second] && Numbers(f[1]) is [var minute] && Numbers(f[2]) is { Count: > 0 } hours)
            parts.Add("At " + And([.. hours.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h:00}:{minute:00}{(second == 0 ? "" : $":{second:00}")}"))]));
        else
        {
            if (f[0] != "0") parts.Add(Part("second", f[0]));
            if (f[1] != "*" || (f[0] == "0" && f[2] != "*")) parts.Add(Part("minute", f[1]));
            if (f[2] != "*") parts.Add((parts.Count > 0 ? "of " : "") + Part("hour", f[2]));
        }
        if (f[3] is not ("*" or "?")) parts.Add("on " + (f[3] == "L" ? "the last day of the month" : f[3] == "LW" ? "the last weekday of the month" : Part("day", f[3]) + " of the month"));
        if (f[5] is not ("*" or "?")) parts.Add((f[3] is not ("*" or "?") ? "or " : "") + "on " + WeekDays(f[5]));
        if (f[4] != "*") parts.Add("in " + And([.. f[4].Split(',').Select(Month)]));
        if (f.Count > 6 && f[6] != "*") parts.Add("in the year " + f[6]);
        var text = string.Join(' ', parts);
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    private static string Part(string name, string field) => field switch
    {
        "*" => $"every {name}",
        _ when field.StartsWith("*/", StringComparison.Ordinal) || field.StartsWith("0/", StringComparison.Ordinal) => $"every {field[2..]} {name}s",
        _ when field.Contains('/', StringComparison.Ordinal) => $"every {field[(field.IndexOf('/') + 1)..]} {name}s in {field[..field.IndexOf('/')]}",
        _ when field.Contains('-', StringComparison.Ordinal) || field.Contains(',', StringComparison.Ordinal) => $"{name}s {field.Replace(",", ", ", StringComparison.Ordinal).Replace("-", " to ", StringComparison.Ordinal)}",
        _ => $"{name} {field}",
    };

    private static string WeekDays(string field) => And([.. field.Split(',').Select(part =>
    {
        if (part.Split('#') is [var day, var nth]) return $"{DayName(day)} number {nth} of the month";
        if (part.Length > 1 && part.EndsWith('L')) return $"the last {DayName(part[..^1])} of the month";
        return part.Split('-') is [var first, var last] ? $"{DayName(first)} to {DayName(last)}" : DayName(part);
    })]);

    private static string DayName(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 7
        ? English.DateTimeFormat.GetDayName((DayOfWeek)(number - 1))
        : Enum.GetValues<DayOfWeek>().Select(x => x.ToString()).FirstOrDefault(x => x.StartsWith(text, StringComparison.OrdinalIgnoreCase)) ?? text;

    private static string Month(string text)
    {
        var ends = text.Split('-').Select(x => int.TryParse(x, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 12
            ? English.DateTimeFormat.GetMonthName(n) : English.DateTimeFormat.MonthNames.FirstOrDefault(m => m.Length > 0 && m.StartsWith(x, StringComparison.OrdinalIgnoreCase)) ?? x);
        return string.Join(" to ", ends);
    }

    private static List<int> Numbers(string field)
    {
        var parts = field.Split(',').Select(x => int.TryParse(x, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1).ToList();
        return parts.Contains(-1) ? [] : parts;
    }

    private static string And(IReadOnlyList<string> words) => words.Count < 2 ? string.Concat(words) : string.Join(", ", words.SkipLast(1)) + " and " + words[^1];
}
