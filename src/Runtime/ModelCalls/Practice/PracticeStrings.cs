using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PromptDesigner.Runtime.Schemas;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>Texts for fields: by the field's name, out of the prompt, fitted to format, pattern and length.</summary>
internal static partial class PracticeStrings
{
    public static JsonNode Fill(JsonElement schema, string name, PracticePrompt about) =>
        Fit(schema, ByName(name, PracticeSchema.Description(schema), about), name, about);

    public static JsonNode Fit(JsonElement schema, string text, string name, PracticePrompt about)
    {
        if (PracticeSchema.Text(schema, "format") is { } format) text = OfFormat(format, about) ?? text;
        else if (PracticeSchema.Text(schema, "pattern") is { } pattern && SchemaPattern.TryMake(pattern, out var made, out _) && made.IsMatch(text) != true)
            return Matching(made, name, about);
        if (PracticeSchema.Count(schema, "maxLength") is { } most && text.Length > most) text = Words.Cut(text, most).TrimEnd();
        var least = PracticeSchema.Count(schema, "minLength") ?? 0;
        for (var i = 0; Characters.Count(text) < least; i++)
        {
            var more = about.Sentences.Count > 0 ? about.Sentences[i % about.Sentences.Count] : "…";
            text = text.Length == 0 ? more : $"{text} {more}";
        }
        return PracticeSchema.Count(schema, "maxLength") is { } limit && text.Length > limit ? Words.Cut(text, limit) : text;
    }

    /// <summary>What a field of that name most likely holds.</summary>
    public static string ByName(string name, string description, PracticePrompt about)
    {
        var words = Words.OfName(name).ToList();
        bool Is(params string[] any) => words.Exists(any.Contains);
        if (Is("title", "subject", "headline", "heading")) return Sentence(Words.Cut(First(about), 60).TrimEnd('.', ',', '!', '?', ' '));
        if (Is("summary", "abstract", "gist", "synopsis", "tldr", "overview")) return PracticeText.Summary(about, 2);
        if (Is("reason", "explanation", "rationale", "reasoning", "why", "justification")) return $"The text says: \"{Words.Cut(Nearest(about, description), 140)}\"";
        if (Is("reply", "answer", "response", "message", "email", "body") && !Is("address")) return Is("email") && Mail().Match(about.Content) is { Success: true } found ? found.Value : PracticeText.Reply(about);
        if (Is("language", "lang", "locale")) return "en";
        if (Is("category", "topic", "theme", "label", "tag", "keyword", "type", "kind", "product")) return Words.Keywords(about.Content, 1).FirstOrDefault("general");
        if (Is("name", "customer", "author", "person", "company", "brand", "city", "country")) return Names().Match(about.Content) is { Success: true } person ? person.Value.Trim() : Sentence(Words.Keywords(about.Content, 1).FirstOrDefault("unknown"));
        if (Is("url", "link", "website")) return Address().Match(about.Content) is { Success: true } link ? link.Value : "https://example.org/";
        if (Is("date", "day")) return OfFormat("date", about)!;
        if (Is("action", "step", "recommendation", "suggestion", "next")) return $"Look into: {Words.Cut(Nearest(about, description), 120)}";
        return Nearest(about, $"{string.Join(' ', words)} {description}");
    }

    /// <summary>Several texts for a list: keywords, good or bad sides, or the sentences that say most.</summary>
    public static IEnumerable<string> Several(string name, string description, PracticePrompt about, int count)
    {
        var words = Words.OfName(name).Select(Words.Stem).ToList();
        bool Is(params string[] any) => any.Select(Words.Stem).Any(words.Contains);
        if (Is("tags", "keywords", "topics", "themes", "labels", "categories", "entities")) return Words.Keywords(about.Content, Math.Max(count, 1));
        var felt = about.Sentences.Select(s => (Text: s, Feeling: Lexicon.Feeling(s))).ToList();
        if (Is("pains", "problems", "cons", "issues", "complaints", "negatives", "weaknesses", "risks")) return felt.Where(s => s.Feeling < 0).OrderBy(s => s.Feeling).Take(count).Select(s => Words.Cut(s.Text, 160));
        if (Is("pros", "strengths", "positives", "praise", "likes", "benefits")) return felt.Where(s => s.Feeling > 0).OrderByDescending(s => s.Feeling).Take(count).Select(s => Words.Cut(s.Text, 160));
        if (Is("questions")) return about.Sentences.Where(s => s.EndsWith('?')).Take(count);
        return PracticeText.Telling(about, count).Select(s => Words.Cut(s, 160));
    }

    /// <summary>The items that a text lists: elements of JSON, bullets, lines, else sentences.</summary>
    public static IReadOnlyList<string> Parts(string text)
    {
        if (PracticeJson.TryParse(text) is JsonArray { Count: > 0 } list) return [.. list.Select(i => i is JsonValue v && v.TryGetValue<string>(out var s) ? s : i?.ToJsonString() ?? "")];
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length > 1) return [.. lines.Select(l => l.TrimStart('-', '*', '•', ' '))];
        var sentences = Words.Sentences(text);
        return sentences.Count > 0 ? sentences : [text];
    }

    private static string? OfFormat(string format, PracticePrompt about) => format switch
    {
        "date" => Dates().Match(about.Content) is { Success: true } date && SchemaFormats.Fits("date", date.Value) ? date.Value : "2026-01-15",
        "date-time" => Dates().Match(about.Content) is { Success: true } day && SchemaFormats.Fits("date", day.Value) ? $"{day.Value}T09:00:00Z" : "2026-01-15T09:00:00Z",
        "time" => "09:00:00Z",
        "duration" => "PT1H",
        "email" => Mail().Match(about.Content) is { Success: true } mail && SchemaFormats.Fits("email", mail.Value) ? mail.Value : "somebody@example.org",
        "uri" => Address().Match(about.Content) is { Success: true } link && SchemaFormats.Fits("uri", link.Value) ? link.Value : "https://example.org/",
        "hostname" => "example.org",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        _ => null,
    };

    private static string Matching(SchemaPattern pattern, string name, PracticePrompt about)
    {
        var words = about.Content.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => w.Trim('.', ',', '!', '?', ';', ':', '(', ')', '"'));
        var candidates = words.Concat(Words.Keywords(about.Content, 20)).Append(Words.Keywords(about.Content, 1).FirstOrDefault("x").ToUpperInvariant()).Append(name);
        return candidates.FirstOrDefault(c => c.Length > 0 && pattern.IsMatch(c) == true) ?? PatternSample.Of(pattern.Source);
    }

    private static string First(PracticePrompt about) => about.Sentences.Count > 0 ? about.Sentences[0] : Words.Cut(about.Content.Trim(), 200);

    /// <summary>The sentence that shares most words with what is asked; the first where none shares any.</summary>
    private static string Nearest(PracticePrompt about, string asked)
    {
        var wanted = Words.Of(asked).Where(w => !Words.IsSmall(w)).Select(Words.Stem).ToHashSet(StringComparer.Ordinal);
        if (about.Sentences.Count == 0) return First(about);
        var best = about.Sentences.Select(s => (Text: s, Shared: Words.Of(s).Select(Words.Stem).Count(wanted.Contains))).MaxBy(s => s.Shared);
        return best.Shared > 0 ? best.Text : First(about);
    }

    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", Linear)]
    private static partial Regex Mail();

    [GeneratedRegex(@"https?://[^\s<>""')\]]+", Linear)]
    private static partial Regex Address();

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}", Linear)]
    private static partial Regex Dates();

    [GeneratedRegex(@"[a-z,] ([A-Z][a-z]+( [A-Z][a-z]+)?)", Linear)]
    private static partial Regex NamesInside();

    private static Regex Names() => NamesInside();
}
