using System.Text.Json;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>What a person decides about an approval.</summary>
public sealed record Decision
{
    /// <summary><c>approve</c>, <c>reject</c> or <c>requestChanges</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The hash of the content that the person saw.</summary>
    public required string ContentHash { get; init; }

    /// <summary>What the person writes; a rejection wants it.</summary>
    public string? Comment { get; init; }

    /// <summary>With <c>approve</c>: what is approved instead.</summary>
    public JsonElement? Edited { get; init; }

    /// <summary>How long the decision is held back, and may be undone: 0 to 60 seconds.</summary>
    public int ReleaseAfterSeconds { get; init; }
}
