using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>Numbers and truths: measured where the name says what, found in the text where it has one, inside the limits always.</summary>
internal static partial class PracticeNumbers
{
    public static bool IsConfidence(string name) => Any(name, "confidence", "certainty", "probability", "likelihood");

    public static JsonNode Number(JsonElement schema, string name, PracticePrompt about, bool whole)
    {
        var (low, high) = Limits(schema);
        var said = $"{name} {PracticeSchema.Description(schema)}";
        if (Measure(name, said, about) is { } share)
        {
            // A feeling without limits is told from −1 to 1, everything else from 0 to 1.
            var isFeeling = Any(name, "sentiment", "polarity", "feeling", "mood");
            var from = low ?? (isFeeling ? -1 : 0);
            var to = high ?? (whole ? from + 10 : 1);
            return Within(schema, from + share * (to - from), whole);
        }
        if (Any(name, "words") || (Any(name, "word") && Any(name, "count"))) return Within(schema, Words.Of(about.Content).Count(), whole);
        if (Any(name, "length", "characters")) return Within(schema, about.Content.Length, whole);
        if (Any(name, "count", "total", "number") && !Digits().IsMatch(about.Content)) return Within(schema, about.Sentences.Count, whole);
        if (Digits().Match(about.Content) is { Success: true } digits && double.TryParse(digits.Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var found))
            return Within(schema, found, whole);
        return Within(schema, low is { } a && high is { } b ? (a + b) / 2 : low ?? high ?? 1, whole);
    }

    /// <summary>The number, moved inside the schema's limits.</summary>
    public static JsonNode Within(JsonElement schema, double number, bool whole)
    {
        var (low, high) = Limits(schema);
        var step = whole ? 1 : low is { } a && high is { } b && b - a < 1 ? (b - a) / 100 : 0.01;
        number = whole ? Math.Round(number, MidpointRounding.AwayFromZero) : Math.Round(number, 2);
        if (PracticeSchema.Bound(schema, "exclusiveMinimum") is { } above && number <= above) number = above + step;
        if (PracticeSchema.Bound(schema, "exclusiveMaximum") is { } below && number >= below) number = below - step;
        if (whole) number = Math.Round(number, MidpointRounding.AwayFromZero);
        if (low is { } least && number < least) number = whole ? Math.Ceiling(least) : least;
        if (high is { } most && number > most) number = whole ? Math.Floor(most) : most;
        return whole && Math.Abs(number) < long.MaxValue / 2 ? JsonValue.Create((long)number) : JsonValue.Create(number);
    }

    public static JsonNode NearestOf(List<JsonElement> choices, string name, PracticePrompt about)
    {
        var numbers = choices.Select(c => c.GetDouble()).ToList();
        var share = Measure(name, name, about) ?? 0.5;
        var wanted = numbers.Min() + share * (numbers.Max() - numbers.Min());
        return JsonSerializer.SerializeToNode(choices[numbers.IndexOf(numbers.MinBy(n => Math.Abs(n - wanted)))])!;
    }

    public static JsonNode Truth(string name, string description, PracticePrompt about)
    {
        if (Any(name, "urgent", "critical", "escalate", "escalation", "priority")) return Lexicon.Urgency(about.Content) >= 0.6;
        if (Any(name, "positive", "happy", "satisfied", "recommend", "recommends")) return Lexicon.Feeling(about.Content) > 0.15;
        if (Any(name, "negative", "angry", "unhappy", "complaint", "dissatisfied")) return Lexicon.Feeling(about.Content) < -0.15;
        if (Any(name, "question")) return about.Content.Contains('?', StringComparison.Ordinal);
        if (Any(name, "valid", "ok", "pass", "passed", "passes", "approved", "acceptable", "correct", "relevant", "good")) return true;
        return Words.OfName(name).Concat(Words.Of(description)).Where(w => !Words.IsSmall(w)).Select(Words.Stem).Any(about.Stems.Contains);
    }

    /// <summary>From 0 to 1 what the name says is to be measured; null where it says nothing.</summary>
    private static double? Measure(string name, string said, PracticePrompt about)
    {
        if (IsConfidence(name)) return 0.75;
        if (Any(said, "urgency", "urgent", "priority", "severity", "risk", "escalation", "escalates", "criticality", "impact")) return Lexicon.Urgency(about.Content);
        if (Any(name, "negativity", "anger", "frustration")) return (1 - Lexicon.Feeling(about.Content)) / 2;
        if (Any(said, "sentiment", "polarity", "positivity", "feeling", "mood", "satisfaction", "rating", "stars", "nps")) return (1 + Lexicon.Feeling(about.Content)) / 2;
        if (Any(name, "score", "quality", "relevance", "similarity", "grade", "clarity", "usefulness")) return 0.8;
        return null;
    }

    private static (double? Low, double? High) Limits(JsonElement schema) => (
        PracticeSchema.Bound(schema, "minimum") ?? PracticeSchema.Bound(schema, "exclusiveMinimum"),
        PracticeSchema.Bound(schema, "maximum") ?? PracticeSchema.Bound(schema, "exclusiveMaximum"));

    private static bool Any(string text, params string[] words) => Words.OfName(text).Any(words.Contains);

    [GeneratedRegex(@"\d[\d,]*(\.\d+)?", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
