namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>How close a choice is to a text: by its name's words, what is said about it, and words that go with them.</summary>
internal static class Closeness
{
    private static readonly HashSet<string> Fallbacks = [.. "other others none unknown unsure general misc miscellaneous neutral na else default".Split(' ')];

    private static readonly string[] Related =
    [
        "billing bill invoice charge fee payment pay refund price cost subscription receipt money statement debit",
        "account login password sign username profile verify identity register email access details",
        "card atm pin contactless visa mastercard expire swallowed debit",
        "transfer send sent recipient beneficiary deposit receive bank top topup",
        "bug error crash broken fail freeze glitch defect exception malfunction wrong",
        "delivery shipping arrive package track courier ship parcel order",
        "cancel cancellation close terminate unsubscribe end",
        "feature request suggestion wish idea add improve support",
        "security fraud stolen hacked phishing compromised lost unauthorized",
        "technical install setup configure software hardware device connect update app",
        "exchange currency rate convert foreign",
        "return refund exchange replace warranty",
        "praise thank great love compliment",
        "complaint disappointed unhappy angry terrible bad",
        "sales quote buy purchase demo offer discount",
        "quality build material durable flimsy broke",
        "price expensive cheap cost value money",
        "support service staff help agent answer reply",
        "usability easy difficult confusing interface menu button design",
        "performance slow fast speed lag quick",
        "battery charge charger power",
        "cash withdrawal withdraw atm machine",
        "stolen lost missing find",
        "decline reject refuse deny fail",
        "arrive come receive delivery wait",
    ];

    private static readonly Dictionary<string, HashSet<string>> Kin = MakeKin();

    /// <summary>The choices with their scores, as given. A score of 0 means that nothing speaks for it.</summary>
    public static IReadOnlyList<double> Score(IReadOnlyList<string> choices, PracticePrompt prompt)
    {
        var present = prompt.Stems.GroupBy(s => s).ToDictionary(g => g.Key, g => 1 + Math.Log(g.Count()), StringComparer.Ordinal);
        var names = choices.Select(c => Words.OfName(c).Where(w => !Words.IsSmall(w)).Select(Words.Stem).Distinct().ToList()).ToList();
        // A word that many choices share tells little.
        var shared = names.SelectMany(n => n).GroupBy(s => s).ToDictionary(g => g.Key, g => 1 / (1 + Math.Log(g.Count())), StringComparer.Ordinal);
        return [.. choices.Select((choice, i) => ScoreOne(names[i], prompt.DescriptionOf(choice), present, shared))];
    }

    /// <summary>The place of the choice that fits best; a choice such as <c>other</c> where nothing speaks for any.</summary>
    public static int Best(IReadOnlyList<string> choices, PracticePrompt prompt, out double confidence)
    {
        if (Scale(choices, prompt) is { } scaled)
        {
            confidence = 0.75;
            return scaled;
        }
        var scores = Score(choices, prompt);
        var best = 0;
        for (var i = 1; i < scores.Count; i++)
            if (scores[i] > scores[best]) best = i;
        var second = scores.Where((_, i) => i != best).DefaultIfEmpty(0).Max();
        if (scores[best] > 0)
        {
            confidence = Math.Round(0.55 + 0.4 * (scores[best] - second) / scores[best], 2);
            return best;
        }
        confidence = 0.3;
        var fallback = choices.ToList().FindIndex(c => Words.OfName(c).Any(Fallbacks.Contains));
        return fallback >= 0 ? fallback : 0;
    }

    private static double ScoreOne(List<string> name, string description, Dictionary<string, double> present, Dictionary<string, double> shared)
    {
        double score = 0;
        foreach (var stem in name)
        {
            if (present.TryGetValue(stem, out var count)) score += 3 * count * shared[stem];
            else if (Kin.TryGetValue(stem, out var kin)) score += kin.Where(k => present.ContainsKey(k)).Take(3).Sum(k => present[k]) * shared[stem];
        }
        var said = Words.Of(description).Where(w => !Words.IsSmall(w)).Select(Words.Stem).Distinct().ToList();
        score += said.Where(present.ContainsKey).Sum(s => 1.5 * present[s]);
        return score / Math.Sqrt(Math.Max(1, name.Count));
    }

    /// <summary>Choices that are steps of a scale are measured, not compared.</summary>
    private static int? Scale(IReadOnlyList<string> choices, PracticePrompt prompt)
    {
        var lower = choices.Select(c => c.ToLowerInvariant().Replace('_', ' ')).ToList();
        if (lower.Exists(c => c.EndsWith("positive", StringComparison.Ordinal)) && lower.Exists(c => c.EndsWith("negative", StringComparison.Ordinal)))
            return Nearest(lower, Lexicon.Feeling(prompt.Content), c => c switch { "very positive" => 0.85, "positive" => 0.36, "very negative" => -0.85, "negative" => -0.36, "neutral" or "mixed" => 0, _ => null });
        if (lower.Contains("low") && lower.Contains("high"))
            return Nearest(lower, Lexicon.Urgency(prompt.Content), c => c switch { "none" => 0, "low" => 0.15, "medium" or "normal" or "moderate" => 0.45, "high" => 0.7, "urgent" or "critical" or "highest" => 0.9, _ => null });
        return null;
    }

    private static int Nearest(List<string> choices, double measured, Func<string, double?> place)
    {
        var best = -1;
        for (var i = 0; i < choices.Count; i++)
        {
            if (place(choices[i]) is not { } here || (best >= 0 && Math.Abs(here - measured) >= Math.Abs(place(choices[best])!.Value - measured))) continue;
            best = i;
        }
        return Math.Max(0, best);
    }

    private static Dictionary<string, HashSet<string>> MakeKin()
    {
        var kin = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var group in Related.Select(r => r.Split(' ').Select(Words.Stem).ToList()))
        {
            foreach (var stem in group)
            {
                if (!kin.TryGetValue(stem, out var words)) kin[stem] = words = new(StringComparer.Ordinal);
                words.UnionWith(group.Where(w => w != stem));
            }
        }
        return kin;
    }
}
