using System.Text.Json;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>A JSON schema of the supported subset, ready to judge values. Immutable and safe to share between threads.</summary>
public sealed class CompiledSchema
{
    /// <summary>Everything that keeps <paramref name="schema"/> out of the supported subset; empty where it is in it. Paths are JSON pointers into the schema.</summary>
    public static IReadOnlyList<SchemaFinding> Inspect(JsonElement schema) => throw new NotSupportedException();

    /// <summary>Compiles a schema that <see cref="Inspect"/> found nothing in.</summary>
    /// <exception cref="ArgumentException">The schema is outside the subset.</exception>
    public static CompiledSchema Compile(JsonElement schema) => throw new NotSupportedException();

    /// <summary>What is wrong with <paramref name="value"/>; empty where it fits. Paths are JSON pointers into the value.</summary>
    public IReadOnlyList<SchemaFinding> Validate(JsonElement value) => throw new NotSupportedException();
}

/// <summary>One thing wrong, at a JSON pointer (empty for the root), in a sentence that names the remedy.</summary>
public sealed record SchemaFinding(string Path, string Message);
