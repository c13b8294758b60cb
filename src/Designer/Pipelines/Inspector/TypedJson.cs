using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>JSON as people type it.</summary>
public static class TypedJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value for a text field; nothing where there is none.</summary>
    public static string Write(JsonNode? value) => value?.ToJsonString(Indented) ?? "";

    /// <summary>Reads what was typed. An empty text is no value.</summary>
    /// <returns>Null, or what is wrong in a sentence.</returns>
    public static string? Read(string text, out JsonNode? value)
    {
        value = null;
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            value = JsonNode.Parse(text);
            return null;
        }
        catch (JsonException error)
        {
            return $"This is no JSON: line {error.LineNumber + 1}, character {error.BytePositionInLine + 1}. It is kept here and not saved yet.";
        }
    }
}
