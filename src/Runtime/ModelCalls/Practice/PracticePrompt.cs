namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>A prompt taken apart: what is asked for, and the text that it is asked about.</summary>
internal sealed class PracticePrompt
{
    private PracticePrompt(string instructions, string content, string? comment)
    {
        Instructions = instructions;
        Content = content;
        Comment = comment;
        Sentences = Words.Sentences(content);
        Stems = [.. Words.Of(content).Select(Words.Stem)];
    }

    /// <summary>The system message and what stands before the content.</summary>
    public string Instructions { get; }

    /// <summary>The text to work on.</summary>
    public string Content { get; }

    /// <summary>What a reviewer asked to be changed; null in the first round.</summary>
    public string? Comment { get; }

    public IReadOnlyList<string> Sentences { get; }

    /// <summary>The content's words without endings, in order.</summary>
    public IReadOnlyList<string> Stems { get; }

    public static PracticePrompt Of(IReadOnlyList<ModelMessage> messages)
    {
        var system = string.Join('\n', messages.Where(m => m.Role == "system").Select(m => m.Content));
        var users = messages.Where(m => m.Role != "system" && m.Role != "assistant").Select(m => m.Content).ToList();
        var first = users.Count > 0 ? users[0] : system;
        // Whoever speaks after an answer speaks about it: a reviewer's wish or a list of mistakes, never the text to work on.
        var comment = users.Count > 1 && messages.Any(m => m.Role == "assistant") ? users[^1] : null;
        var (instructions, content) = Split(first);
        return new PracticePrompt($"{system}\n{instructions}".Trim(), content, comment);
    }

    /// <summary>The same task about another text, such as one item of a list.</summary>
    public PracticePrompt About(string content) => new(Instructions, content, Comment);

    /// <summary>What the instructions say about a choice in a line such as <c>- billing (Money): charges and refunds</c>, with the examples below it.</summary>
    public string DescriptionOf(string option)
    {
        var found = new List<string>();
        var lines = Instructions.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart(' ', '\t', '-', '*', '•', '"', '`');
            if (!line.StartsWith(option, StringComparison.OrdinalIgnoreCase)) continue;
            var rest = line[option.Length..].TrimStart('"', '`', '*');
            if (rest.Length == 0 || rest[0] is not (':' or ' ' or '(' or '=' or '-') || (rest[0] == ' ' && rest.TrimStart() is not ['(' or '-' or '=' or ':' or '–', ..])) continue;
            found.Add(rest);
            while (i + 1 < lines.Length && lines[i + 1].StartsWith("  ", StringComparison.Ordinal)) found.Add(lines[++i].Replace("for example:", "", StringComparison.Ordinal));
        }
        return string.Join(' ', found);
    }

    private static (string Instructions, string Content) Split(string text)
    {
        if (Between(text, "\"\"\"", "\"\"\"") is { } quoted) return quoted;
        if (Between(text, "```", "```") is { } fenced) return fenced;
        if (Tagged(text) is { } tagged) return tagged;
        var lines = text.Split('\n');
        var at = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            // The first label ("Ticket:") after the task opens the content; labels further down belong to it.
            if (line.EndsWith(':') && line.Length <= 60 && i + 1 < lines.Length && string.Concat(lines[(i + 1)..]).Trim().Length > 0)
                return (string.Join('\n', lines[..i]), string.Join('\n', lines[(i + 1)..]).Trim());
            if (at == 0 && i > 0 && Label(line) is { } length && string.Join('\n', lines[i..]).Trim() is var rest)
                return (string.Join('\n', lines[..i]), rest[Math.Min(rest.Length, length)..].Trim());
        }
        if (text.IndexOf("\n\n", StringComparison.Ordinal) is > 0 and var gap && text[(gap + 2)..].Trim() is { Length: > 0 } after) return (text[..gap], after);
        if (text.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon && colon < 80 && colon < text.Length - 2) return (text[..colon], text[(colon + 2)..].Trim());
        return (text, text);
    }

    /// <summary>The length of a label that opens a line (<c>Review: …</c>), null where there is none.</summary>
    private static int? Label(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon is > 1 and <= 24 && char.IsUpper(line[0]) && line[..colon].All(c => char.IsLetter(c) || c == ' ') && line[..colon].Count(c => c == ' ') <= 2 ? colon + 2 : null;
    }

    private static (string, string)? Between(string text, string open, string close)
    {
        var from = text.IndexOf(open, StringComparison.Ordinal);
        if (from < 0) return null;
        var to = text.IndexOf(close, from + open.Length, StringComparison.Ordinal);
        if (to < 0 || text[(from + open.Length)..to].Trim() is not { Length: > 0 } inside) return null;
        return ($"{text[..from]}\n{text[(to + close.Length)..]}", inside);
    }

    private static (string, string)? Tagged(string text)
    {
        var from = text.IndexOf("\n<", StringComparison.Ordinal) + 1;
        if (from == 0 && !text.StartsWith('<')) return null;
        var end = text.IndexOf('>', from);
        if (end < 0 || end - from is < 2 or > 40 || !text[(from + 1)..end].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return null;
        return Between(text, text[from..(end + 1)], $"</{text[(from + 1)..end]}>");
    }
}
