using System.Net;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>Text answers: a summary, a reply or what the text says, told apart by the verbs of the instructions.</summary>
internal static class PracticeText
{
    public static string Write(PracticePrompt prompt)
    {
        var asked = Words.Of(prompt.Instructions).Select(Words.Stem).ToHashSet(StringComparer.Ordinal);
        bool Asks(params string[] any) => any.Select(Words.Stem).Any(asked.Contains);
        var text = Asks("reply", "respond", "response", "answer") ? Reply(prompt)
            : Asks("summarise", "summarize", "summary", "shorten") ? Summary(prompt, 3)
            : Asks("list", "bullet", "points", "extract") ? string.Join('\n', Telling(prompt, 5).Select(s => $"- {s}"))
            : Summary(prompt, 4);
        if (prompt.Comment is { } comment) text = $"{text}\n\nChanged as asked: {Words.Cut(Line(comment), 200)}";
        if (Asks("mjml")) return $"<mjml><mj-body><mj-section><mj-column><mj-text>{Marked(text)}</mj-text></mj-column></mj-section></mj-body></mjml>";
        if (Asks("html")) return $"<p>{Marked(text)}</p>";
        return $"{PracticeModel.Mark} {text}";
    }

    /// <summary>The sentences that say most, in their order.</summary>
    public static string Summary(PracticePrompt prompt, int sentences) =>
        Telling(prompt, sentences) is { Count: > 0 } telling ? string.Join(' ', telling) : Line(Words.Cut(prompt.Content, 300));

    public static List<string> Telling(PracticePrompt prompt, int count)
    {
        var weights = prompt.Stems.GroupBy(s => s, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (double)g.Count(), StringComparer.Ordinal);
        var ranked = prompt.Sentences.Take(400).Select((text, order) =>
        {
            var words = Words.Of(text).Where(w => !Words.IsSmall(w)).Select(Words.Stem).ToList();
            // Long sentences must not win by length alone, and the first ones usually say what it is about.
            var weight = words.Sum(w => weights.GetValueOrDefault(w)) / Math.Sqrt(words.Count + 4) + Math.Abs(Lexicon.Feeling(text)) + (order == 0 ? 2 : 0);
            return (text, order, weight);
        });
        return [.. ranked.OrderByDescending(s => s.weight).ThenBy(s => s.order).Take(count).OrderBy(s => s.order).Select(s => Words.Cut(s.text, 400))];
    }

    public static string Reply(PracticePrompt prompt)
    {
        var about = Words.Keywords(prompt.Content, 3);
        var topic = about.Count > 0 ? $" about {string.Join(", ", about)}" : "";
        var feeling = Lexicon.Feeling(prompt.Content) < -0.2 ? " We are sorry for the trouble." : "";
        var hurry = prompt.Instructions.Contains("urgent", StringComparison.OrdinalIgnoreCase) ? " Somebody is looking at it now." : "";
        var asked = prompt.Sentences.FirstOrDefault(s => s.EndsWith('?'));
        var question = asked is null ? "" : $" You asked: \"{Words.Cut(asked, 160)}\"";
        return $"Thank you for your message{topic}.{hurry}{feeling}{question} We look into it and come back to you.";
    }

    private static string Marked(string text) => WebUtility.HtmlEncode($"{PracticeModel.Mark} {text}").Replace("\n", "<br/>", StringComparison.Ordinal);

    private static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
