using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>A <c>pattern</c>: JavaScript's way of writing, run by an engine whose time grows with the text only.</summary>
internal sealed class SchemaPattern
{
    private const int Longest = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private readonly Regex regex;

    private SchemaPattern(string source, Regex regex)
    {
        Source = source;
        this.regex = regex;
    }

    public string Source { get; }

    public static bool TryMake(string source, [NotNullWhen(true)] out SchemaPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        problem = null;
        if (source.Length > Longest)
        {
            problem = $"The pattern has {source.Length:N0} characters; it may have {Longest:N0}.";
            return false;
        }
        try
        {
            pattern = new SchemaPattern(source, new Regex(Translate(source), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience));
            return true;
        }
        catch (RegexParseException error)
        {
            problem = $"The pattern '{source}' cannot be read at character {Math.Min(error.Offset, source.Length)}: {error.Error}.";
        }
        catch (ArgumentException error)
        {
            problem = $"The pattern '{source}' cannot be read: {error.Message}";
        }
        catch (NotSupportedException)
        {
            problem = $"The pattern '{source}' is too complex: look-around, back references and very large repetitions are not supported.";
        }
        return false;
    }

    /// <summary>Null where the text took too long.</summary>
    public bool? IsMatch(string text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Where JavaScript means something else than .NET by the same signs (<c>\d</c>, <c>\w</c>, <c>.</c>, <c>$</c>), says what JavaScript means.</summary>
    private static string Translate(string source)
    {
        var made = new StringBuilder(source.Length + 16);
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '\\' && i + 1 < source.Length)
            {
                i++;
                if (source[i] == 'u' && TryReadCodePoint(source, i, out var point, out var length))
                {
                    made.Append(Regex.Escape(point));
                    i += length - 1;
                }
                else made.Append(Class(source[i], inClass) ?? $"\\{source[i]}");
            }
            else if (c == '[' && !inClass)
            {
                inClass = true;
                made.Append(c);
            }
            // .NET reads '[a-z-[aeiou]]' as a difference; JavaScript does not know that.
            else if (c == '[') made.Append("\\[");
            else if (c == ']' && inClass)
            {
                inClass = false;
                made.Append(c);
            }
            else if (c == '.' && !inClass) made.Append(@"[^\n\r\u2028\u2029]");
            else if (c == '$' && !inClass) made.Append(@"\z");
            else made.Append(c);
        }
        return made.ToString();
    }

    private static string? Class(char letter, bool inClass) => (letter, inClass) switch
    {
        ('d', false) => "[0-9]",
        ('d', true) => "0-9",
        ('D', false) => "[^0-9]",
        ('w', false) => "[A-Za-z0-9_]",
        ('w', true) => "A-Za-z0-9_",
        ('W', false) => "[^A-Za-z0-9_]",
        ('/', _) => "/",
        ('-', true) => "\\-",
        _ => null,
    };

    private static bool TryReadCodePoint(string source, int at, out string point, out int length)
    {
        point = "";
        length = 0;
        if (at + 1 >= source.Length || source[at + 1] != '{') return false;
        var end = source.IndexOf('}', at);
        if (end < 0 || !int.TryParse(source.AsSpan(at + 2, end - at - 2), System.Globalization.NumberStyles.HexNumber, null, out var code) || !Rune.IsValid(code)) return false;
        point = new Rune(code).ToString();
        length = end - at + 1;
        return true;
    }
}
