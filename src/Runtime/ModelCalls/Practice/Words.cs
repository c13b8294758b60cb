namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>Words, stems and sentences of a text.</summary>
internal static class Words
{
    private static readonly HashSet<string> Small = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "and", "or", "but", "if", "of", "to", "in", "on", "at", "by", "for", "with", "from", "as", "is", "are", "was", "were", "be", "been", "am", "do", "does", "did",
        "has", "have", "had", "it", "its", "this", "that", "these", "those", "i", "my", "me", "you", "your", "he", "she", "his", "her", "we", "our", "us", "they", "them", "their",
        "what", "which", "who", "when", "where", "why", "how", "can", "could", "will", "would", "should", "may", "there", "here", "so", "than", "then", "just", "also", "some", "any",
        "one", "please", "about", "into", "out", "up", "down", "over", "im", "ive", "id", "get", "got", "all", "been", "still", "because", "s", "t", "re", "ve", "ll", "m", "d", "after", "before",
        "very", "too", "more", "most", "much", "many", "other", "another", "such", "only", "own", "same", "both", "each", "while", "during", "through", "again", "hi", "hello", "dear", "thanks", "thank",
    };

    private static readonly string[] Endings = ["ingly", "edly", "ments", "ment", "ings", "ing", "ions", "ied", "ies", "ion", "ed", "es", "ly", "er", "s", "e", "y"];

    /// <summary>Words in lower case; apostrophes vanish.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetterOrDigit(text[i]) || (start >= 0 && text[i] is '\'' or '’')))
            {
                if (start < 0) start = i;
                continue;
            }
            if (start < 0) continue;
            yield return text[start..i].Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal).ToLowerInvariant();
            start = -1;
        }
    }

    /// <summary>The words of a name such as <c>cardNotWorking</c> or <c>card_not_working</c>.</summary>
    public static IEnumerable<string> OfName(string name) =>
        Of(string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) && char.IsLower(name[i - 1]) ? $" {c}" : c is '_' or '-' ? " " : $"{c}")));

    public static bool IsSmall(string word) => word.Length < 2 || Small.Contains(word);

    /// <summary>The word without its ending, rough and the same for all forms of most words.</summary>
    public static string Stem(string word)
    {
        foreach (var ending in Endings)
        {
            if (word.Length - ending.Length < 3 || !word.EndsWith(ending, StringComparison.Ordinal)) continue;
            var stem = word[..^ending.Length];
            return stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's') ? stem[..^1] : stem;
        }
        return word;
    }

    public static List<string> Sentences(string text)
    {
        var sentences = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var ends = text[i] == '\n' || (text[i] is '.' or '!' or '?' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1])));
            if (!ends && i + 1 < text.Length) continue;
            var sentence = text[start..(i + 1)].Trim().TrimStart('-', '*', '•', ' ');
            if (sentence.Any(char.IsLetterOrDigit)) sentences.Add(sentence);
            start = i + 1;
        }
        return sentences;
    }

    /// <summary>The words that say most about a text: frequent first, then in order.</summary>
    public static List<string> Keywords(string text, int most) =>
        [.. Of(text).Where(w => !IsSmall(w) && w.Length > 2 && !char.IsDigit(w[0])).GroupBy(Stem)
            .Select((group, order) => (Word: group.First(), Count: group.Count(), order)).OrderByDescending(w => w.Count).ThenBy(w => w.order).Take(most).Select(w => w.Word)];

    /// <summary>At most <paramref name="most"/> characters, cut between words.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        var space = text.LastIndexOf(' ', Math.Max(0, most - 1), Math.Max(0, most - 1));
        var cut = text[..(space > most / 2 ? space : most)];
        return char.IsHighSurrogate(cut.LastOrDefault()) ? cut[..^1] : cut;
    }
}
