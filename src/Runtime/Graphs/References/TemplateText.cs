using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>Small edits of the texts that read values, for fixes.</summary>
internal static class TemplateText
{
    private const string NotMissing = " | default: ''";

    /// <summary>A fix in which every one of the readings (all of one text) starts with another name or has another field at <paramref name="segment"/> (-1: the name); null where the text cannot be edited safely.</summary>
    public static ProblemFix? Rename(IReadOnlyList<Reading> readings, int segment, string to)
    {
        var text = readings[0].Source;
        foreach (var offset in Offsets(readings).OrderDescending())
        {
            if (Part(text, offset, segment) is not var (start, length)) return null;
            text = $"{text[..start]}{to}{text[(start + length)..]}";
        }
        return new ProblemFix($"Write '{to}'", GraphPatch.Replace(readings[0].Pointer, text));
    }

    /// <summary>A fix in which every one of the readings (all of one text and one name) reads <paramref name="to"/> in place of its name and first parts; null where the text cannot be edited safely.</summary>
    public static ProblemFix? Instead(IReadOnlyList<Reading> readings, int parts, string to)
    {
        var text = readings[0].Source;
        foreach (var offset in Offsets(readings).Distinct().OrderDescending())
        {
            if (End(text, offset, parts - 1) is not { } end) return null;
            text = $"{text[..offset]}{to}{text[end..]}";
        }
        // A loop's variable is read elsewhere than where its list stands: then something else was replaced, or the name is read still.
        try
        {
            if (readings[0].Form == ReadingForm.Template && TemplateCache.Get(text).Reads.Any(read => read.Path.Name == readings[0].Path.Name)) return null;
        }
        catch (TemplateSyntaxException)
        {
            return null;
        }
        return new ProblemFix($"Write '{to}'", GraphPatch.Replace(readings[0].Pointer, (JsonNode)text));
    }

    /// <summary>A fix in which every one of the readings (all of one text) has an empty default; null where one of them stands where none can be added.</summary>
    public static ProblemFix? WithDefault(IReadOnlyList<Reading> readings)
    {
        var text = readings[0].Source;
        if (readings[0].Form == ReadingForm.Bare) text = $"{{{{ {text.Trim()}{NotMissing} }}}}";
        else
            foreach (var (reading, offset) in readings.Zip(Offsets(readings)).DistinctBy(pair => pair.Second).OrderByDescending(pair => pair.Second))
            {
                if (!IsHead(text, offset) || End(text, offset, reading.Path.Segments.Count - 1) is not { } end) return null;
                // An index that is worked out goes on here; the reading ends before it.
                if (end < text.Length && text[end] is ('[' or '.')) return null;
                text = text.Insert(end, NotMissing);
            }
        return new ProblemFix("Add | default: ''", GraphPatch.Replace(readings[0].Pointer, (JsonNode)text));
    }

    private static IEnumerable<int> Offsets(IEnumerable<Reading> readings) => readings.Select(Offset);

    private static int Offset(Reading reading)
    {
        var at = 0;
        for (var line = 1; line < reading.Line && at >= 0; line++) at = reading.Source.IndexOf('\n', at) + 1;
        at = Math.Clamp(at + reading.Column - 1, 0, reading.Source.Length);
        var found = reading.Source.IndexOf(reading.Path.Name, at, StringComparison.Ordinal);
        return found < 0 ? reading.Source.Length : found;
    }

    /// <summary>Where a part of the path at <paramref name="offset"/> stands: its name (-1), or a segment.</summary>
    private static (int Start, int Length)? Part(string text, int offset, int segment)
    {
        var (start, at) = (offset, EndOfName(text, offset));
        if (at == offset) return null;
        for (var passed = 0; passed <= segment; passed++)
        {
            if (at >= text.Length) return null;
            if (text[at] == '.')
            {
                start = at + 1;
                at = EndOfName(text, start);
                if (passed == segment) return (start, at - start);
            }
            else if (text[at] == '[')
            {
                var close = text.IndexOf(']', at);
                if (close < 0) return null;
                (start, var end) = (at + 1, close);
                if (text[start] is '"' or '\'') (start, end) = (start + 1, end - 1);
                if (passed == segment) return (start, end - start);
                at = close + 1;
            }
            else return null;
        }
        return (start, at - start);
    }

    /// <summary>Where such a part ends; one in brackets ends after them.</summary>
    private static int? End(string text, int offset, int segment)
    {
        if (Part(text, offset, segment) is not var (start, length)) return null;
        var end = start + length;
        if (segment >= 0 && end < text.Length && text[end] is ('"' or '\'')) end++;
        return segment >= 0 && end < text.Length && text[end] == ']' ? end + 1 : end;
    }

    private static int EndOfName(string text, int at)
    {
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-')) at++;
        return at;
    }

    /// <summary>True where the path is what an output or an <c>assign</c> starts from, so that a filter added after it filters it and nothing else.</summary>
    private static bool IsHead(string text, int offset)
    {
        var before = text.AsSpan(0, offset).TrimEnd();
        if (before.EndsWith("{{") || before.EndsWith("{{-")) return true;
        if (!before.EndsWith("=")) return false;
        var tag = before.LastIndexOf("{%");
        return tag >= 0 && before[(tag + 2)..].TrimStart('-').TrimStart().StartsWith("assign ") && before[tag..].Count('=') == 1;
    }
}
