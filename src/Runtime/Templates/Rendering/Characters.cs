namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>Text counted and cut by whole characters, so that no emoji is cut in half.</summary>
internal static class Characters
{
    public static int Count(string text)
    {
        var count = text.Length;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (!char.IsSurrogatePair(text[i], text[i + 1])) continue;
            count--;
            i++;
        }
        return count;
    }

    /// <summary>At most <paramref name="length"/> characters from the one at <paramref name="start"/> on.</summary>
    public static string Slice(string text, int start, int length)
    {
        if (start < 0 || length <= 0) return "";
        var from = Offset(text, 0, start);
        return text[from..Offset(text, from, length)];
    }

    /// <summary>The length in UTF-16 units of the character at <paramref name="index"/>.</summary>
    public static int LengthAt(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;

    private static int Offset(string text, int from, int characters)
    {
        var at = from;
        while (characters-- > 0 && at < text.Length) at += LengthAt(text, at);
        return at;
    }
}
