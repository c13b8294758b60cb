using System.Globalization;
using System.Text;

namespace PromptDesigner.Designer.Shared;

/// <summary>Text as a reviewer must see it: what would steer a terminal, turn the direction of reading or hide between letters is written out.</summary>
public static class VisibleText
{
    /// <summary>The longest text that a screen shows whole.</summary>
    public const int Most = 200_000;

    /// <summary>The text with hidden characters written out as <c>⟨U+202E⟩</c>.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\uffff')) return text;
        StringBuilder? made = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isTag = c == '\udb40' && i + 1 < text.Length && text[i + 1] is >= '\udc00' and <= '\udc7f'; // letters that no font draws and every model reads
            if (!isTag && !IsHidden(c))
            {
                made?.Append(c);
                continue;
            }
            made ??= new StringBuilder(text, 0, i, text.Length + 16);
            made.Append('⟨').Append("U+").Append((isTag ? char.ConvertToUtf32(c, text[++i]) : c).ToString("X4", CultureInfo.InvariantCulture)).Append('⟩');
        }
        return made?.ToString() ?? text;
    }

    private static bool IsHidden(char c) => c switch
    {
        '\n' or '\t' or '\r' => false,
        < ' ' or '\x7f' => true,
        >= '\u0080' and <= '\u009f' => true,
        '\u200b' or '\u200e' or '\u200f' or '\ufeff' or '\u00ad' or '\u061c' or '\u180e' or '\u2028' or '\u2029' or '\u034f' => true,
        '\u115f' or '\u1160' or '\u3164' or '\uffa0' => true, // letters of no width
        >= '\u2060' and <= '\u2064' => true,
        >= '\ufff9' and <= '\ufffb' => true,
        >= '\u202a' and <= '\u202e' => true,
        >= '\u2066' and <= '\u2069' => true,
        _ => false,
    };
}
