using System.Text.Json;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>A JSON schema of the supported subset of draft 2020-12, ready to judge values. Immutable and safe to share between threads.</summary>
public sealed class CompiledSchema
{
    private readonly SchemaNode root;

    private CompiledSchema(SchemaNode root) => this.root = root;

    /// <summary>Everything that keeps <paramref name="schema"/> out of the supported subset; empty where it is in it. Paths are JSON pointers into the schema.</summary>
    public static IReadOnlyList<SchemaFinding> Inspect(JsonElement schema) => SchemaReader.Read(schema).Findings;

    /// <summary>Compiles a schema that <see cref="Inspect"/> found nothing in.</summary>
    /// <exception cref="ArgumentException">The schema is outside the subset.</exception>
    public static CompiledSchema Compile(JsonElement schema)
    {
        var (root, findings) = SchemaReader.Read(schema);
        if (findings.Count > 0) throw new ArgumentException($"The schema is outside the supported subset: {findings[0]}", nameof(schema));
        return new CompiledSchema(root);
    }

    /// <summary>What is wrong with <paramref name="value"/>, the first twenty things at most; empty where it fits. Paths are JSON pointers into the value.</summary>
    public IReadOnlyList<SchemaFinding> Validate(JsonElement value) => new SchemaJudge().Judge(root, value);
}

/// <summary>One thing wrong, at a JSON pointer (empty for the root), in a sentence that names the remedy.</summary>
public sealed record SchemaFinding(string Path, string Message)
{
    /// <summary>Place and sentence in one line, for messages and for a model that is asked again.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
