using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Schemas;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>Finds the JSON in an answer and judges it.</summary>
internal static class StructuredOutput
{
    private const int MostFindings = 20;
    private static readonly ConcurrentDictionary<string, CompiledSchema> Compiled = new(StringComparer.Ordinal);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The valid JSON of an answer, or what is wrong with it in lines that a model can act on.</summary>
    public static (JsonElement? Json, string? Wrong) Judge(string answer, JsonElement? schema)
    {
        if (Parse(answer) is not { } json) return (null, "The answer is not JSON. Answer with one JSON value and nothing else.");
        if (HasInfinity(json)) return (null, "A number in the answer is too large.");
        if (schema is not { } wanted) return (json, null);
        var findings = SchemaOf(wanted).Validate(json);
        if (findings.Count == 0) return (json, null);
        var lines = new StringBuilder();
        foreach (var finding in findings.Take(MostFindings)) lines.Append("- ").Append(finding.Path.Length == 0 ? "(root)" : finding.Path).Append(": ").AppendLine(finding.Message);
        return (null, lines.ToString().TrimEnd());
    }

    /// <summary>What the model is told to mend its answer.</summary>
    public static ModelMessage RepairOf(string wrong) => new("user", $"That answer does not fit. What is wrong:\n{wrong}\nAnswer again with the corrected JSON and nothing else.");

    private static CompiledSchema SchemaOf(JsonElement schema)
    {
        if (Compiled.Count > 2_000) Compiled.Clear();
        return Compiled.GetOrAdd(schema.GetRawText(), _ => CompiledSchema.Compile(schema));
    }

    private static JsonElement? Parse(string answer)
    {
        var text = answer.Trim();
        if (TryParse(text) is { } whole) return whole;
        var fence = text.IndexOf("```", StringComparison.Ordinal);
        if (fence >= 0)
        {
            var start = text.IndexOf('\n', fence);
            var end = start < 0 ? -1 : text.IndexOf("```", start, StringComparison.Ordinal);
            if (end > 0 && TryParse(text[start..end]) is { } fenced) return fenced;
        }
        var first = text.AsSpan().IndexOfAny('{', '[');
        var last = text.AsSpan().LastIndexOfAny('}', ']');
        return first >= 0 && last > first ? TryParse(text[first..(last + 1)]) : null;
    }

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null; // the caller tries the next way to read it
        }
    }

    private static bool HasInfinity(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => !double.IsFinite(value.GetDouble()),
        JsonValueKind.Array => value.EnumerateArray().Any(HasInfinity),
        JsonValueKind.Object => value.EnumerateObject().Any(x => HasInfinity(x.Value)),
        _ => false,
    };
}
