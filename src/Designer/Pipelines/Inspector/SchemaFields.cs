using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>A field of a JSON answer.</summary>
public sealed record SchemaField(string Name, string Type, string Description, IReadOnlyList<string> Allowed, bool Required);

/// <summary>Schemas of flat objects as lists of fields. What the table does not show of a field is kept.</summary>
public static class SchemaFields
{
    /// <summary>Types that the table knows, with their words.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string> { ["string"] = "text", ["number"] = "number", ["integer"] = "whole number", ["boolean"] = "yes or no", ["array"] = "list of texts" };

    /// <summary>True where the table loses nothing: no schema, or an object of simple fields.</summary>
    public static bool IsTable(JsonNode? schema) => schema is null
        || schema is JsonObject top && (top.Count == 0 || Text(top["type"]) == "object")
        && (top["properties"] is null || top["properties"] is JsonObject properties && properties.All(x => x.Value is JsonObject field && Types.ContainsKey(Text(field["type"])) && (Text(field["type"]) != "array" || field["items"] is JsonObject items && Text(items["type"]) == "string")));

    /// <summary>The fields of a schema that is a table.</summary>
    public static List<SchemaField> Read(JsonNode? schema)
    {
        var required = (schema?["required"] as JsonArray)?.Select(Text).ToHashSet(StringComparer.Ordinal) ?? [];
        return (schema?["properties"] as JsonObject)?.Where(x => x.Value is JsonObject)
            .Select(x => new SchemaField(x.Key, Text(x.Value!["type"]), Text(x.Value["description"]), (x.Value["enum"] as JsonArray)?.Select(Text).ToList() ?? [], required.Contains(x.Key))).ToList() ?? [];
    }

    /// <summary>The schema with these fields.</summary>
    public static JsonNode Write(JsonNode? before, IReadOnlyList<SchemaField> fields)
    {
        var schema = (before as JsonObject)?.DeepClone().AsObject() ?? [];
        var old = Read(before);
        var properties = new JsonObject();
        foreach (var (at, field) in fields.Index())
        {
            // a renamed field stands where it stood
            var was = old.Exists(x => x.Name == field.Name) ? field.Name : fields.Count == old.Count ? old[at].Name : null;
            var written = (was is null ? null : before?["properties"]?[was] as JsonObject)?.DeepClone().AsObject() ?? [];
            if (Text(written["type"]) != field.Type) written.Remove("items");
            written["type"] = field.Type;
            if (field.Type == "array" && written["items"] is null) written["items"] = new JsonObject { ["type"] = "string" };
            if (field.Description.Length > 0) written["description"] = field.Description;
            else written.Remove("description");
            if (field.Type == "string" && field.Allowed.Count > 0) written["enum"] = new JsonArray([.. field.Allowed.Select(x => JsonValue.Create(x))]);
            else written.Remove("enum");
            properties[field.Name] = written;
        }
        schema["type"] = "object";
        schema["properties"] = properties;
        schema["required"] = new JsonArray([.. fields.Where(x => x.Required).Select(x => JsonValue.Create(x.Name))]);
        return schema;
    }

    /// <summary>Words with commas between.</summary>
    public static IReadOnlyList<string> Words(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    private static string Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
}
