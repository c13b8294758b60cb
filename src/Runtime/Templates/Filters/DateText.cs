using System.Globalization;
using System.Text;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Times as text, with the directives of <c>strftime</c>. Without an offset a time is UTC.</summary>
internal static class DateText
{
    public static DateTimeOffset? TryParse(string text)
    {
        text = text.Trim();
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            return long.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var time) ? time : null;
    }

    public static string Format(DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var start = i++;
            var flag = format[i] is '-' or '0' or '^' or '_' ? format[i++] : '\0';
            var part = i < format.Length ? Part(time, format[i]) : null;
            if (part is null)
            {
                i = Math.Min(i, format.Length - 1);
                text.Append(format, start, i - start + 1);
                continue;
            }
            text.Append(flag switch
            {
                '-' => part.TrimStart('0', ' ') is { Length: > 0 } cut ? cut : "0",
                '^' => part.ToUpperInvariant(),
                '_' when part.StartsWith('0') => " " + part[1..],
                '0' => part.Replace(' ', '0'),
                _ => part,
            });
        }
        return text.ToString();
    }

    private static string? Part(DateTimeOffset time, char directive) => directive switch
    {
        'Y' => Say(time, "yyyy"),
        'C' => (time.Year / 100).ToString("00", CultureInfo.InvariantCulture),
        'y' => Say(time, "yy"),
        'm' => Say(time, "MM"),
        'B' => Say(time, "MMMM"),
        'b' or 'h' => Say(time, "MMM"),
        'd' => Say(time, "dd"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'H' => Say(time, "HH"),
        'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'I' => Say(time, "hh"),
        'l' => ((time.Hour + 11) % 12 + 1).ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'M' => Say(time, "mm"),
        'S' => Say(time, "ss"),
        'L' => Say(time, "fff"),
        'N' => Say(time, "fffffff") + "00",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        'A' => Say(time, "dddd"),
        'a' => Say(time, "ddd"),
        'u' => (((int)time.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'G' => ISOWeek.GetYear(time.DateTime).ToString("0000", CultureInfo.InvariantCulture),
        'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", CultureInfo.InvariantCulture),
        'z' => Say(time, "zzz").Replace(":", "", StringComparison.Ordinal),
        'Z' => time.Offset == TimeSpan.Zero ? "UTC" : Say(time, "zzz"),
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'F' => Say(time, "yyyy-MM-dd"),
        'D' or 'x' => Say(time, "MM/dd/yy"),
        'T' or 'X' => Say(time, "HH:mm:ss"),
        'R' => Say(time, "HH:mm"),
        'r' => Say(time, "hh:mm:ss ") + (time.Hour < 12 ? "AM" : "PM"),
        'c' => Say(time, "ddd MMM ") + time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + Say(time, " HH:mm:ss yyyy"),
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    // A format of one letter would be read as a standard format, none of which is used here.
    private static string Say(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
