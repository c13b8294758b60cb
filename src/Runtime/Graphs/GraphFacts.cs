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

    /// <summary>Whether an administrator allows the node (its id) to send without a gate.</summary>
    public Func<string, bool>? MaySendUngated { get; init; }

    /// <summary>True where the workspace lets pipelines that send without a gate be published, with a warning.</summary>
    public bool WarnsOfUngated { get; init; }
}
