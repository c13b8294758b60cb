using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>What a node kind sees of the document while it checks its own settings, and where it says what it found.</summary>
public sealed class NodeCheck
{
    /// <summary>The document.</summary>
    public required Graph Graph { get; init; }

    /// <summary>The node that is checked.</summary>
    public required GraphNode Node { get; init; }

    /// <summary>Takes a finding.</summary>
    public required Action<Problem> Report { get; init; }
}
