using System.Text.Json;
using PromptDesigner.Runtime.Templates;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>The words of the subset.</summary>
internal static class SchemaKeywords
{
    private static readonly string[] Known =
    [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "pattern", "format", "anyOf", "oneOf", "allOf", "not",
        "$ref", "$defs", "title", "description", "default",
    ];

    public static SchemaTypes? TypeOf(JsonElement name) => name.ValueKind != JsonValueKind.String ? null : JsonText.Of(name) switch
    {
        "null" => SchemaTypes.Null,
        "boolean" => SchemaTypes.Boolean,
        "number" => SchemaTypes.Number,
        "integer" => SchemaTypes.Integer,
        "string" => SchemaTypes.String,
        "array" => SchemaTypes.Array,
        "object" => SchemaTypes.Object,
        _ => null,
    };

    public static string Unsupported(string keyword) => keyword switch
    {
        "definitions" => "'definitions' is the way of an older draft. Write $defs.",
        "$schema" or "$id" or "$comment" or "$anchor" => $"'{keyword}' is not supported; it changes nothing here. Remove it.",
        "if" or "then" or "else" => $"'{keyword}' is not supported. Write anyOf with one schema for each case.",
        "prefixItems" or "additionalItems" => $"'{keyword}' is not supported. Write an object with a name for each place.",
        "dependentRequired" or "dependentSchemas" => $"'{keyword}' is not supported. Write anyOf with one schema for each case.",
        _ when NearestName.Of(keyword, Known) is { } near => $"'{keyword}' is not supported. Did you mean '{near}'?",
        _ => $"'{keyword}' is not supported. Remove it; supported are {string.Join(", ", Known)}.",
    };
}
