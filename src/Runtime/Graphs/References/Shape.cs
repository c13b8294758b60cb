using System.Text.Json;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>What is known of a value beforehand. Null stands for "anything".</summary>
internal abstract record Shape
{
    private Shape() { }

    /// <summary>A value that fits a JSON schema; <paramref name="Root"/> resolves its references.</summary>
    public sealed record Schema(JsonElement Self, JsonElement Root) : Shape;

    /// <summary>A list whose entries are known.</summary>
    public sealed record Many(Shape? Entry) : Shape;

    /// <summary>One of several.</summary>
    public sealed record Either(IReadOnlyList<Shape?> Ways) : Shape;

    public static Shape Number { get; } = Parse("""{ "type": "number" }""");

    public static Shape Text { get; } = Parse("""{ "type": "string" }""");

    public static Shape? Of(JsonElement? schema) => schema is { ValueKind: JsonValueKind.Object } given ? new Schema(given, given) : null;

    public static Shape Parse(string schema)
    {
        var parsed = JsonSerializer.Deserialize<JsonElement>(schema);
        return new Schema(parsed, parsed);
    }

    /// <summary>One step further. False where no value of this shape has that part; then <paramref name="known"/> has the fields that there are.</summary>
    public static bool Step(Shape? shape, PathSegment segment, out Shape? next, ISet<string> known)
    {
        next = null;
        switch (shape)
        {
            case null:
                return true;
            case Many many:
                next = segment.Field switch { null or "first" or "last" => many.Entry, "size" => Number, _ => null };
                return segment.Field is null or "first" or "last" or "size";
            case Either either:
                var found = new List<Shape?>();
                foreach (var one in either.Ways)
                    if (Step(one, segment, out var part, known)) found.Add(part);
                next = found.Count == 1 ? found[0] : found.Contains(null) ? null : new Either(found);
                return found.Count > 0;
            case Schema schema:
                return Step(schema, segment, out next, known, depth: 0);
            default:
                throw new InvalidOperationException(shape.GetType().Name);
        }
    }

    /// <summary>The values that there can be; null where they are not counted.</summary>
    public static List<JsonElement>? Choices(Shape? shape)
    {
        if (shape is not Schema { } schema || Resolve(schema, 0) is not { } resolved) return null;
        if (resolved.TryGetProperty("const", out var only)) return [only];
        return resolved.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array ? [.. choices.EnumerateArray()] : null;
    }

    private static bool Step(Schema shape, PathSegment segment, out Shape? next, ISet<string> known, int depth)
    {
        next = null;
        if (Resolve(shape, depth) is not { } schema) return true;
        var types = Types(schema);
        // Without a word about its type a schema says nothing, unless it is composed of others.
        var open = types.Count == 0;
        if (segment.Field is null or ("first" or "last") && types.Contains("array"))
        {
            next = schema.TryGetProperty("items", out var items) ? new Schema(items, shape.Root) : null;
            return true;
        }
        if (segment.Field is "first" or "last" && types.Contains("string"))
        {
            next = Text;
            return true;
        }
        if (segment.Field is { } field && types.Contains("object"))
        {
            if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return !IsFalse(schema, "additionalProperties");
            if (properties.TryGetProperty(field, out var property))
            {
                next = new Schema(property, shape.Root);
                return true;
            }
            foreach (var one in properties.EnumerateObject()) known.Add(one.Name);
            if (schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind is JsonValueKind.True or JsonValueKind.Object)
            {
                next = more.ValueKind == JsonValueKind.Object ? new Schema(more, shape.Root) : null;
                return true;
            }
        }
        if (segment.Field == "size" && (types.Contains("array") || types.Contains("string") || types.Contains("object")))
        {
            next = Number;
            return true;
        }
        foreach (var composed in new[] { "anyOf", "oneOf", "allOf" })
        {
            if (!schema.TryGetProperty(composed, out var branches) || branches.ValueKind != JsonValueKind.Array) continue;
            open = false;
            foreach (var branch in branches.EnumerateArray())
                if (Step(new Schema(branch, shape.Root), segment, out next, known, depth + 1)) return true;
        }
        return open;
    }

    private static JsonElement? Resolve(Schema shape, int depth)
    {
        var schema = shape.Self;
        for (var hops = depth; hops < 32; hops++)
        {
            if (schema.ValueKind != JsonValueKind.Object) return null;
            if (!schema.TryGetProperty("$ref", out var reference) || reference.ValueKind != JsonValueKind.String) return schema;
            if (reference.GetString() is not ['#', .. var pointer]) return null;
            var at = shape.Root;
            foreach (var part in pointer.Length == 0 ? [] : Pointer.Parts(pointer))
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at)) return null;
            schema = at;
        }
        return null;
    }

    private static HashSet<string> Types(JsonElement schema)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        if (schema.TryGetProperty("type", out var type))
        {
            if (type.ValueKind == JsonValueKind.String) types.Add(type.GetString()!);
            if (type.ValueKind == JsonValueKind.Array) types.UnionWith(type.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!));
            return types;
        }
        if (schema.TryGetProperty("properties", out _)) types.Add("object");
        if (schema.TryGetProperty("items", out _)) types.Add("array");
        if (schema.TryGetProperty("const", out var only)) types.Add(Word(only));
        if (schema.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array) types.UnionWith(choices.EnumerateArray().Select(Word));
        return types;
    }

    private static string Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        _ => "scalar",
    };

    private static bool IsFalse(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.False;
}
