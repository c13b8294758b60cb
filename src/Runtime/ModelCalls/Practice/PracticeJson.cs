using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>JSON that nobody gave a schema for: the shape of the example in the prompt, else one answer.</summary>
internal static class PracticeJson
{
    private const int Deepest = 8;

    /// <summary>Writes letters as they are.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? WithoutSchema(PracticePrompt prompt)
    {
        if (Example(prompt.Instructions) is { Count: > 0 } example) return new PracticeFiller(SchemaOf(example, 0), prompt).Fill();
        var names = Quoted(prompt.Instructions);
        if (names.Count == 0) return new JsonObject { ["answer"] = PracticeText.Summary(prompt, 2), ["practice"] = true };
        var fields = new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)new JsonObject())));
        return new PracticeFiller(JsonSerializer.SerializeToElement(new JsonObject { ["type"] = "object", ["properties"] = fields }), prompt).Fill();
    }

    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // most texts are no JSON; the caller reads them otherwise
        }
    }

    private static JsonObject? Example(string text)
    {
        for (var from = text.IndexOf('{', StringComparison.Ordinal); from >= 0; from = text.IndexOf('{', from + 1))
        {
            var to = text.LastIndexOf('}');
            if (to > from && TryParse(text[from..(to + 1)]) is JsonObject found) return found;
        }
        return null;
    }

    /// <summary>Names in quotes or backticks after the word JSON or keys.</summary>
    private static List<string> Quoted(string text)
    {
        var start = text.IndexOf("JSON", StringComparison.OrdinalIgnoreCase);
        if (start < 0) return [];
        var parts = text[start..].Split('"', '`');
        return [.. parts.Where((p, i) => i % 2 == 1 && p.Length is > 0 and <= 40 && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')).Distinct(StringComparer.Ordinal).Take(20)];
    }

    private static JsonElement SchemaOf(JsonNode? example, int depth) => JsonSerializer.SerializeToElement(ShapeOf(example, depth));

    private static JsonObject ShapeOf(JsonNode? example, int depth) => example switch
    {
        JsonObject fields when depth < Deepest => new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)ShapeOf(f.Value, depth + 1)))) },
        JsonArray list when depth < Deepest => new JsonObject { ["type"] = "array", ["items"] = ShapeOf(list.Count > 0 ? list[0] : null, depth + 1) },
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.Number => new JsonObject { ["type"] = "number" },
            JsonValueKind.True or JsonValueKind.False => new JsonObject { ["type"] = "boolean" },
            JsonValueKind.String when value.GetValue<string>().Split('|') is { Length: > 1 } choices => new JsonObject { ["enum"] = new JsonArray([.. choices.Select(c => (JsonNode?)c.Trim())]) },
            _ => new JsonObject { ["type"] = "string" },
        },
        _ => new JsonObject { ["type"] = "string" },
    };
}
