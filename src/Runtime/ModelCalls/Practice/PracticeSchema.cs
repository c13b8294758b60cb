using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>Looks at a schema the way somebody does who has to fill it.</summary>
internal static class PracticeSchema
{
    private const int MostSteps = 20;

    /// <summary>The schema with its reference followed and its <c>allOf</c> merged, as far as one value needs to know.</summary>
    public static JsonElement Flatten(JsonElement schema, JsonElement root)
    {
        for (var i = 0; i < MostSteps && schema.ValueKind == JsonValueKind.Object; i++)
        {
            if (schema.TryGetProperty("$ref", out var reference) && Resolve(root, reference.GetString() ?? "") is { } target) schema = Merge(schema, "$ref", [target]);
            else if (schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array) schema = Merge(schema, "allOf", [.. all.EnumerateArray()]);
            else break;
        }
        return schema;
    }

    /// <summary>The alternative to fill: the first that is more than null, with what the schema says beside it.</summary>
    public static JsonElement? Alternative(JsonElement schema)
    {
        foreach (var keyword in new[] { "anyOf", "oneOf" })
        {
            if (!schema.TryGetProperty(keyword, out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) continue;
            var chosen = list.EnumerateArray().FirstOrDefault(a => a.ValueKind == JsonValueKind.Object && TypeOf(a) != "null", list[0]);
            return chosen.ValueKind == JsonValueKind.Object ? Merge(schema, keyword, [chosen]) : chosen;
        }
        return null;
    }

    public static string TypeOf(JsonElement schema)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            if (type.ValueKind == JsonValueKind.String) return type.GetString()!;
            if (type.ValueKind == JsonValueKind.Array) return type.EnumerateArray().Select(t => t.GetString()!).FirstOrDefault(t => t != "null", "null");
        }
        if (Has(schema, "properties", "required", "additionalProperties", "minProperties")) return "object";
        if (Has(schema, "items", "minItems", "maxItems")) return "array";
        return Has(schema, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") ? "number" : "string";
    }

    public static string Description(JsonElement schema) =>
        $"{Text(schema, "title")} {Text(schema, "description")}".Trim();

    public static string? Text(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static int? Count(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var count) ? (int)Math.Clamp(count, 0, 1_000_000) : null;

    public static double? Bound(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public static List<string> Names(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!)] : [];

    private static bool Has(JsonElement schema, params string[] keywords) => keywords.Any(k => schema.TryGetProperty(k, out _));

    private static JsonElement? Resolve(JsonElement root, string reference)
    {
        if (!reference.StartsWith('#')) return null;
        var at = root;
        foreach (var part in Uri.UnescapeDataString(reference[1..]).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var inner)) at = inner;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index < at.GetArrayLength()) at = at[index];
            else return null;
        }
        return at.ValueKind == JsonValueKind.Object ? at : null;
    }

    private static JsonElement Merge(JsonElement schema, string without, IReadOnlyList<JsonElement> parts)
    {
        var made = JsonObject.Create(schema)!;
        made.Remove(without);
        made = JsonNode.Parse(made.ToJsonString())!.AsObject();
        foreach (var part in parts.Where(p => p.ValueKind == JsonValueKind.Object))
        {
            foreach (var keyword in part.EnumerateObject())
            {
                var value = JsonSerializer.SerializeToNode(keyword.Value);
                if (!made.TryGetPropertyValue(keyword.Name, out var known)) made[keyword.Name] = value;
                else if (keyword.Name == "properties" && known is JsonObject fields && value is JsonObject more)
                    foreach (var field in more) fields.TryAdd(field.Key, field.Value?.DeepClone());
                else if (keyword.Name == "required" && known is JsonArray names && value is JsonArray others)
                    foreach (var name in others) names.Add(name?.DeepClone());
                else if (keyword.Name.StartsWith("min", StringComparison.Ordinal) && Number(value) > Number(known)) made[keyword.Name] = value;
                else if (keyword.Name.StartsWith("max", StringComparison.Ordinal) && Number(value) < Number(known)) made[keyword.Name] = value;
            }
        }
        return JsonSerializer.SerializeToElement(made);
    }

    private static double? Number(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}
