using System.Text;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters about HTML.</summary>
internal static class MarkupFilters
{
    public static Filter[] All { get; } =
    [
        TextFilters.OfText("escape", (text, _) => Escape(text, once: false), growth: 6),
        TextFilters.OfText("escape_once", (text, _) => Escape(text, once: true), growth: 6),
        TextFilters.OfText("newline_to_br", (text, _) => NewlineToBr(text), growth: 7),
        TextFilters.OfText("strip_html", (text, _) => StripHtml(text)),
    ];

    private static string Escape(string text, bool once)
    {
        if (text.AsSpan().IndexOfAny("&<>\"'") < 0) return text;
        var made = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            made.Append(text[i] switch
            {
                '&' when once && IsEntity(text.AsSpan(i)) => "&",
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                var c => [c],
            });
        }
        return made.ToString();
    }

    /// <summary>True where the text begins with <c>&amp;name;</c>, <c>&amp;#12;</c> or <c>&amp;#x1f;</c>.</summary>
    private static bool IsEntity(ReadOnlySpan<char> text)
    {
        var end = text[..Math.Min(text.Length, 34)].IndexOf(';');
        if (end < 2) return false;
        var name = text[1..end];
        if (name[0] != '#') return char.IsAsciiLetter(name[0]) && !name.ContainsAnyExcept(Letters);
        name = name[1..];
        if (name.Length > 1 && name[0] is 'x' or 'X') return !name[1..].ContainsAnyExcept(Hex);
        return name.Length > 0 && !name.ContainsAnyExceptInRange('0', '9');
    }

    private static System.Buffers.SearchValues<char> Letters { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    private static System.Buffers.SearchValues<char> Hex { get; } = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private static string NewlineToBr(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "<br />\n", StringComparison.Ordinal);

    /// <summary>Scripts, styles and comments go with what is in them, other tags alone. It makes readable text, not safe HTML.</summary>
    private static string StripHtml(string text)
    {
        var made = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('<', at);
            var end = open < 0 ? -1 : EndOfMarkup(text, open);
            if (end < 0) break;
            made.Append(text, at, open - at);
            at = end;
        }
        return made.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Where the markup that opens at <paramref name="open"/> ends; −1 where nothing from there on closes any more.</summary>
    private static int EndOfMarkup(string text, int open)
    {
        foreach (var (start, end) in Wholes)
        {
            if (!text.AsSpan(open).StartsWith(start, StringComparison.OrdinalIgnoreCase)) continue;
            var close = text.IndexOf(end, open + start.Length, StringComparison.OrdinalIgnoreCase);
            if (close >= 0) return close + end.Length;
        }
        return text.IndexOf('>', open) is >= 0 and var tag ? tag + 1 : -1;
    }

    private static (string Start, string End)[] Wholes { get; } = [("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>")];
}
