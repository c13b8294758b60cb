namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>Parts of a template that are not read as template: comments and <c>raw</c>.</summary>
internal static class Verbatim
{
    /// <summary>An inline comment <c>{% # … %}</c>; each of its lines begins with <c>#</c>.</summary>
    public static (int At, bool Trims) Comment(Source source, int opened, int start)
    {
        var end = source.Text.IndexOf("%}", start, StringComparison.Ordinal);
        if (end < 0) throw source.Error(opened, "'{%' is not closed. Close it with '%}'.");
        var trims = source.Text[end - 1] == '-' && end - 1 > start;
        foreach (var line in source.Text.AsSpan(start, end - start - (trims ? 1 : 0)).EnumerateLines())
        {
            if (!line.IsWhiteSpace() && line.TrimStart()[0] != '#')
                throw source.Error(opened, "Each line of an inline comment begins with '#'; for longer ones write {% comment %} … {% endcomment %}.");
        }
        return (end + 2, trims);
    }

    /// <summary>Everything up to the <c>endcomment</c> that belongs to this one; comments lie in each other, and <c>raw</c> hides an end.</summary>
    public static (int At, bool Trims) Skip(Source source, int opened, int at)
    {
        var depth = 1;
        var raw = false;
        while (NextTag(source.Text, at) is { } tag)
        {
            at = tag.To;
            if (tag.Is("endraw")) raw = false;
            else if (raw) continue;
            else if (tag.Is("raw")) raw = true;
            else if (tag.Is("comment")) depth++;
            else if (tag.Is("endcomment") && --depth == 0) return (at, tag.Trims);
        }
        throw source.Error(opened, "{% comment %} is not closed. Close it with {% endcomment %}.");
    }

    /// <summary>The text up to <c>endraw</c>.</summary>
    public static (string Text, int At, bool Trims) Raw(Source source, int opened, int at, bool trimsStart)
    {
        for (var from = source.Text.IndexOf("{%", at, StringComparison.Ordinal); from >= 0; from = source.Text.IndexOf("{%", from + 2, StringComparison.Ordinal))
        {
            var name = from + 2;
            var trimsEnd = name < source.Text.Length && source.Text[name] == '-';
            if (trimsEnd) name++;
            while (name < source.Text.Length && char.IsWhiteSpace(source.Text[name])) name++;
            if (!source.Text.AsSpan(name).StartsWith("endraw")) continue;
            var close = name + "endraw".Length;
            while (close < source.Text.Length && char.IsWhiteSpace(source.Text[close])) close++;
            var trimsAfter = close < source.Text.Length && source.Text[close] == '-';
            if (trimsAfter) close++;
            if (!source.Text.AsSpan(close).StartsWith("%}")) continue;
            var text = source.Text.AsSpan(at, from - at);
            if (trimsStart) text = text.TrimStart();
            if (trimsEnd) text = text.TrimEnd();
            return (text.ToString(), close + 2, trimsAfter);
        }
        throw source.Error(opened, "{% raw %} is not closed. Close it with {% endraw %}.");
    }

    private static RoughTag? NextTag(string text, int at)
    {
        var from = text.IndexOf("{%", at, StringComparison.Ordinal);
        if (from < 0) return null;
        var end = text.IndexOf("%}", from + 2, StringComparison.Ordinal);
        if (end < 0) return null;
        return new RoughTag(text, from, end + 2);
    }

    private readonly record struct RoughTag(string Source, int From, int To)
    {
        public bool Trims => Source[To - 3] == '-';

        public bool Is(string name)
        {
            var inside = Source.AsSpan(From + 2, To - From - 4).Trim('-').Trim();
            return inside.StartsWith(name, StringComparison.Ordinal) && (inside.Length == name.Length || char.IsWhiteSpace(inside[name.Length]));
        }
    }
}
