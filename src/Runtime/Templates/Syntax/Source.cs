namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>A template's source, and which line and column an offset is.</summary>
internal sealed class Source(string text)
{
    private int[]? lineStarts;

    public string Text { get; } = text;

    public (int Line, int Column) Place(int offset)
    {
        lineStarts ??= FindLines();
        var line = Array.BinarySearch(lineStarts, offset);
        if (line < 0) line = ~line - 1;
        return (line + 1, offset - lineStarts[line] + 1);
    }

    /// <summary>The source between two offsets, short enough for a message.</summary>
    public string Excerpt(int from, int to)
    {
        var part = Text.AsSpan(from, Math.Max(0, to - from)).Trim();
        return part.Length <= 80 ? part.ToString() : $"{part[..77]}…";
    }

    public TemplateSyntaxException Error(int offset, string message) => Error("template_syntax", offset, message);

    public TemplateSyntaxException Limit(int offset, string message) => Error("template_limit", offset, message);

    private TemplateSyntaxException Error(string code, int offset, string message)
    {
        var (line, column) = Place(offset);
        return new TemplateSyntaxException(code, $"Line {line}, col {column}: {message}", line, column);
    }

    private int[] FindLines()
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < Text.Length; i++)
            if (Text[i] == '\n') starts.Add(i + 1);
        return [.. starts];
    }
}
