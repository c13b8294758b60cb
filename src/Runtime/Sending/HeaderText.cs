using System.Globalization;

namespace PromptDesigner.Runtime.Sending;

/// <summary>Which characters may stand in a header of a mail.</summary>
internal static class HeaderText
{
    /// <summary>A sentence about the first character that may not stand in a header; null where there is none.</summary>
    public static string? Problem(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029') return $"Take out the line break at character {i + 1}: this is written in one line.";
            if (char.IsControl(value[i]) || TurnsText(value[i])) return $"Take out the control character U+{(int)value[i]:X4} at character {i + 1}.";
            if (char.IsSurrogate(value[i]))
            {
                if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1])) return $"Character {i + 1} is half a character; write it again.";
                i++;
            }
        }
        return null;
    }

    /// <summary>At most <paramref name="most"/> characters in one line, without control characters: for texts that others wrote.</summary>
    public static string Line(string value, int most)
    {
        var words = new string([.. value.Select(x => x is '\r' or '\n' or '\t' ? ' ' : x).Where(x => !char.IsControl(x) && !TurnsText(x))]).Trim();
        if (words.Length <= most) return words;
        var starts = StringInfo.ParseCombiningCharacters(words);
        return words[..starts.Last(x => x < most)] + "…";
    }

    // characters that make a name look like another one
    private static bool TurnsText(char x) => x is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
