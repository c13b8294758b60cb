using System.Text.Json;

namespace PromptDesigner.Runtime.Schemas;

[Flags]
internal enum SchemaTypes : byte { None = 0, Null = 1, Boolean = 2, Number = 4, Integer = 8, String = 16, Array = 32, Object = 64 }

/// <summary>One schema within a schema, as read. What is null or empty asks nothing.</summary>
internal sealed class SchemaNode(string pointer)
{
    /// <summary>Where it stands, as a JSON pointer.</summary>
    public string Pointer => pointer;

    /// <summary>It is <c>false</c>: nothing fits.</summary>
    public bool IsFalse { get; set; }

    public SchemaTypes Types { get; set; }

    public IReadOnlyList<JsonElement>? Enum { get; set; }

    public JsonElement? Const { get; set; }

    public Dictionary<string, SchemaNode> Properties { get; } = new(StringComparer.Ordinal);

    public List<string> Required { get; } = [];

    public SchemaNode? Additional { get; set; }

    public SchemaNode? Items { get; set; }

    public JsonElement? Minimum { get; set; }

    public JsonElement? Maximum { get; set; }

    public JsonElement? ExclusiveMinimum { get; set; }

    public JsonElement? ExclusiveMaximum { get; set; }

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public int? MinProperties { get; set; }

    public int? MaxProperties { get; set; }

    public SchemaPattern? Pattern { get; set; }

    public string? Format { get; set; }

    public List<SchemaNode> AllOf { get; } = [];

    public List<SchemaNode> AnyOf { get; } = [];

    public List<SchemaNode> OneOf { get; } = [];

    public SchemaNode? Not { get; set; }

    /// <summary>The pointer that <c>$ref</c> names.</summary>
    public string? Reference { get; set; }

    /// <summary>What <see cref="Reference"/> leads to; set once all is read.</summary>
    public SchemaNode? Target { get; set; }

    /// <summary>Schemas that judge the same value as this one.</summary>
    public IEnumerable<SchemaNode> InPlace()
    {
        foreach (var node in AllOf) yield return node;
        foreach (var node in AnyOf) yield return node;
        foreach (var node in OneOf) yield return node;
        if (Not is not null) yield return Not;
        if (Target is not null) yield return Target;
    }
}
