using Quartz;

namespace PromptDesigner.Runtime.Schedules;

/// <summary>A cron line that can be: five fields as crontab writes them, or six to seven as Quartz does, with seconds in front.</summary>
public sealed class CronLine
{
    /// <summary>The shortest time between two slots, in seconds.</summary>
    public const int Shortest = 5;

    private const int MostCharacters = 200;
    private const int Looked = 130; // shows every second of a minute and the step into the next one

    private readonly CronExpression _wall;
    private readonly Lazy<double?> _interval;

    private CronLine(string text)
    {
        var fields = text.Split(' ');
        _wall = CronExpression.Parse(text.ToUpperInvariant(), fields.Length == CronField.Crontab.Count ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(TimeZoneInfo.Utc);
        Fields = _wall.CronExpressionString.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IsInterval = Fields.Take(3).Any(x => x.AsSpan().ContainsAny('*', '/', '-'));
        _interval = new Lazy<double?>(ShortestGap);
    }

    /// <summary>True where it means "every so often" and not "at that time of day": such a line runs in both of two equal hours.</summary>
    public bool IsInterval { get; }

    /// <summary>Second, minute, hour, day of the month, month, day of the week and maybe the year, as Quartz writes them.</summary>
    internal IReadOnlyList<string> Fields { get; }

    /// <summary>Seconds between its two nearest slots, as far as the next ones tell; null: it has no slot. Found by looking, so it is for who asks, not for every slot.</summary>
    public double? Interval => _interval.Value;

    /// <summary>A line that was parsed before it was stored: nothing is looked at anew.</summary>
    public static CronLine OfStored(string text) => new(string.Join(' ', Split(text)));

    /// <summary>The line, or what is wrong where.</summary>
    public static Answer<CronLine> Parse(string? text)
    {
        var fields = Split(text ?? "");
        if (fields.Length == 0) return Wrong("Choose when it should run.");
        if (text!.Length > MostCharacters) return Wrong($"The line has {text.Length} characters; {MostCharacters} are the most.");
        if (fields[0][0] == '@') return Wrong($"'{fields[0]}' is a short form that is not read here. Write five fields, such as 0 8 * * * for every day at eight.");
        var known = fields.Length switch { 5 => CronField.Crontab, 6 or 7 => CronField.Quartz, _ => null };
        if (known is null)
            return Wrong($"The line has {fields.Length} field{(fields.Length == 1 ? "" : "s")}. Write five (minute, hour, day of the month, month, day of the week), or six to seven with the second in front and the year at the end.");
        for (var i = 0; i < fields.Length; i++)
            if (known[i].Wrong(fields[i]) is { } wrong) return Wrong(wrong);
        try
        {
            var line = new CronLine(string.Join(' ', fields));
            return line.Interval switch
            {
                null => Wrong("This schedule would never run: no day is like that."),
                < Shortest => Wrong($"It would run every {line.Interval:0} second{(line.Interval > 1 ? "s" : "")}; the shortest interval is {Shortest} seconds."),
                _ => line,
            };
        }
        catch (FormatException error)
        {
            return Wrong($"The line cannot be read: {error.Message}");
        }
    }

    /// <summary>The first matching wall clock time after another; null: there is none any more.</summary>
    internal DateTime? NextWall(DateTime after) => _wall.GetNextValidTimeAfter(new DateTimeOffset(after, TimeSpan.Zero))?.DateTime;

    private double? ShortestGap()
    {
        DateTimeOffset? last = null, at = _wall.GetNextValidTimeAfter(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(-1));
        var least = double.MaxValue;
        for (var i = 0; i < Looked && at is not null; i++)
        {
            if (last is { } before) least = Math.Min(least, (at.Value - before).TotalSeconds);
            (last, at) = (at, _wall.GetNextValidTimeAfter(at.Value));
        }
        return last is null ? null : least;
    }

    private static string[] Split(string text) => text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static Refusal Wrong(string sentence) => new("schedule_invalid", sentence, [new FieldError("/cron", sentence)]);
}
