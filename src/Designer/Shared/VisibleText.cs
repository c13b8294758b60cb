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
            if (IsHidden(c)) (made ??= new StringBuilder(text, 0, i, text.Length + 16)).Append('⟨').Append("U+").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)).Append('⟩');
            else made?.Append(c);
        }
        return made?.ToString() ?? text;
    }

    private static bool IsHidden(char c) => c switch
    {
        '\n' or '\t' or '\r' => false,
        < ' ' or '\x7f' => true,
        >= '\u0080' and <= '\u009f' => true,
        '\u200b' or '\u200e' or '\u200f' or '\u2060' or '\ufeff' or '\u00ad' or '\u061c' => true,
        >= '\u202a' and <= '\u202e' => true,
        >= '\u2066' and <= '\u2069' => true,
        _ => false,
    };
}
