namespace PromptDesigner.Runtime.Graphs;

/// <summary>What a check may ask of the world around the document. What is null is not asked, and nothing is reported about it.</summary>
public sealed record GraphFacts
{
    /// <summary>Nothing is known.</summary>
    public static GraphFacts None { get; } = new();

    /// <summary>Whether the workspace has the model (<c>connection/model</c>).</summary>
    public Func<string, bool>? IsKnownModel { get; init; }

    /// <summary>Whether the mail address belongs to a member who may review.</summary>
    public Func<string, bool>? ReviewerExists { get; init; }
}
