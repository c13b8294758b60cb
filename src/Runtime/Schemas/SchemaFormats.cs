using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>Formats that are checked: those which model providers keep to. Any other <c>format</c> is a remark for the reader.</summary>
internal static partial class SchemaFormats
{
    public static bool Fits(string format, string text) => format switch
    {
        "date" => IsDate(text),
        "time" => IsTime(text),
        "date-time" => text.Length > 11 && text[10] is 'T' or 't' or ' ' && IsDate(text[..10]) && IsTime(text[11..]),
        "duration" => Duration().IsMatch(text),
        "email" => Mail().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && text.IndexOf('@', StringComparison.Ordinal) is > 0 and <= 64 and var at && text[0] != '.' && text[at - 1] != '.',
        "hostname" => text.Length <= 253 && Host().IsMatch(text),
        "ipv4" => Address4().IsMatch(text),
        "ipv6" => text.Contains(':', StringComparison.Ordinal) && !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
            && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6,
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) && Scheme().IsMatch(text) && !text.Any(c => char.IsWhiteSpace(c) || c is '<' or '>' or '"' or '\\' or '^' or '`' or '{' or '|' or '}'),
        _ => true,
    };

    private static bool IsDate(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsTime(string text) => Time().IsMatch(text);

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([zZ]|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])\z", Linear)]
    private static partial Regex Time();

    [GeneratedRegex(@"^P([0-9]+W|([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)(T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))?|T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))\z", Linear)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\z", Linear)]
    private static partial Regex Mail();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z", Linear)]
    private static partial Regex Host();

    [GeneratedRegex(@"^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\z", Linear)]
    private static partial Regex Address4();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:", Linear)]
    private static partial Regex Scheme();
}
