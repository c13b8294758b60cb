using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>Fills a schema from a prompt: every field, plausibly, inside its limits.</summary>
internal sealed class PracticeFiller(JsonElement root, PracticePrompt prompt)
{
    // Beyond this a schema that contains itself gets only what it demands, then nothing.
    private const int Generous = 4;
    private const int Deepest = 12;
    private const int UsualItems = 3;
    private const int MostItems = 8;

    public JsonNode? Fill() => Fill(root, "", prompt, 0);

    private JsonNode? Fill(JsonElement schema, string name, PracticePrompt about, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest) return schema.ValueKind == JsonValueKind.Object ? null : PracticeJson.WithoutSchema(about);
        schema = PracticeSchema.Flatten(schema, root);
        if (schema.TryGetProperty("const", out var only)) return JsonSerializer.SerializeToNode(only);
        if (schema.TryGetProperty("enum", out var choices)) return Choose(choices, name, about, out _);
        if (PracticeSchema.Alternative(schema) is { } alternative) return Fill(alternative, name, about, depth + 1);
        return PracticeSchema.TypeOf(schema) switch
        {
            "object" => FillObject(schema, about, depth),
            "array" => FillList(schema, name, about, depth),
            "boolean" => PracticeNumbers.Truth(name, PracticeSchema.Description(schema), about),
            "number" => PracticeNumbers.Number(schema, name, about, whole: false),
            "integer" => PracticeNumbers.Number(schema, name, about, whole: true),
            "null" => null,
            _ => PracticeStrings.Fill(schema, name, about),
        };
    }

    private JsonObject FillObject(JsonElement schema, PracticePrompt about, int depth)
    {
        var made = new JsonObject();
        var required = PracticeSchema.Names(schema, "required");
        if (schema.TryGetProperty("properties", out var properties))
        {
            double? confidence = null;
            foreach (var field in properties.EnumerateObject())
            {
                if (depth >= Generous && !required.Contains(field.Name)) continue;
                if (field.Value.ValueKind == JsonValueKind.False) continue;
                var flat = field.Value.ValueKind == JsonValueKind.Object ? PracticeSchema.Flatten(field.Value, root) : field.Value;
                if (flat.ValueKind == JsonValueKind.Object && flat.TryGetProperty("enum", out var choices))
                {
                    made[field.Name] = Choose(choices, field.Name, about, out var sure);
                    confidence ??= sure;
                }
                else if (confidence is { } known && PracticeNumbers.IsConfidence(field.Name) && PracticeSchema.TypeOf(flat) == "number") made[field.Name] = PracticeNumbers.Within(flat, known, whole: false);
                else made[field.Name] = Fill(field.Value, field.Name, about, depth + 1);
            }
        }
        schema.TryGetProperty("additionalProperties", out var additional);
        foreach (var missing in required.Where(n => !made.ContainsKey(n)))
            made[missing] = additional.ValueKind == JsonValueKind.Object ? Fill(additional, missing, about, depth + 1) : PracticeStrings.ByName(missing, "", about);
        var least = PracticeSchema.Count(schema, "minProperties") ?? 0;
        for (var i = 1; made.Count < least && additional.ValueKind != JsonValueKind.False; i++)
            made[$"field{i}"] = additional.ValueKind == JsonValueKind.Object ? Fill(additional, $"field{i}", about, depth + 1) : "";
        return made;
    }

    private JsonArray FillList(JsonElement schema, string name, PracticePrompt about, int depth)
    {
        var least = PracticeSchema.Count(schema, "minItems") ?? 0;
        var most = Math.Min(PracticeSchema.Count(schema, "maxItems") ?? MostItems, Math.Max(least, MostItems));
        var items = schema.TryGetProperty("items", out var found) && found.ValueKind == JsonValueKind.Object ? PracticeSchema.Flatten(found, root) : default;
        var made = new JsonArray();
        if (depth >= Generous && least == 0) return made;
        if (items.ValueKind == JsonValueKind.Object && items.TryGetProperty("enum", out var choices))
        {
            foreach (var choice in Several(choices, about, Math.Max(least, Math.Min(most, UsualItems)))) made.Add(choice);
        }
        else if (items.ValueKind == JsonValueKind.Object && PracticeSchema.TypeOf(items) != "string")
        {
            foreach (var part in PracticeStrings.Parts(about.Content).Take(Math.Min(most, 5))) made.Add(Fill(items, name, about.About(part), depth + 1));
        }
        else
        {
            foreach (var text in PracticeStrings.Several(name, PracticeSchema.Description(schema), about, Math.Min(most, UsualItems)))
                made.Add(items.ValueKind == JsonValueKind.Object ? PracticeStrings.Fit(items, text, name, about) : text);
        }
        while (made.Count < least) made.Add(items.ValueKind == JsonValueKind.Object ? Fill(items, name, about, depth + 1) : "");
        return made;
    }

    private static JsonNode? Choose(JsonElement choices, string name, PracticePrompt about, out double confidence)
    {
        var list = choices.EnumerateArray().ToList();
        confidence = 0.5;
        if (list.TrueForAll(c => c.ValueKind is JsonValueKind.Number)) return PracticeNumbers.NearestOf(list, name, about);
        if (list.TrueForAll(c => c.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)) return JsonSerializer.SerializeToNode(list[0]);
        var texts = list.Where(c => c.ValueKind == JsonValueKind.String).ToList();
        if (texts.Count == 0) return JsonSerializer.SerializeToNode(list[0]);
        return JsonSerializer.SerializeToNode(texts[Closeness.Best([.. texts.Select(c => c.GetString()!)], about, out confidence)]);
    }

    private static IEnumerable<JsonNode?> Several(JsonElement choices, PracticePrompt about, int count)
    {
        var texts = choices.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!).ToList();
        if (texts.Count == 0) return choices.EnumerateArray().Take(1).Select(c => JsonSerializer.SerializeToNode(c));
        var scores = Closeness.Score(texts, about);
        var fitting = texts.Select((text, i) => (text, Score: scores[i])).Where(t => t.Score > 0).OrderByDescending(t => t.Score).Take(count).Select(t => t.text).ToList();
        return (fitting.Count > 0 ? fitting : [texts[Closeness.Best(texts, about, out _)]]).Select(t => (JsonNode?)t);
    }
}
