using System.Text.Json;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>A node kind with everything that derives from its two files.</summary>
public sealed class NodeKind
{
    /// <summary>As files write it.</summary>
    public required string Kind { get; init; }

    /// <summary>What people read in the palette.</summary>
    public required string Title { get; init; }

    /// <summary>Where the palette shows it.</summary>
    public required NodeGroup Group { get; init; }

    /// <summary>One plain sentence.</summary>
    public required string Description { get; init; }

    /// <summary>What it does.</summary>
    public required Node Node { get; init; }

    /// <summary>Its settings, its own first.</summary>
    public required IReadOnlyList<SettingDescription> Settings { get; init; }

    /// <summary>A JSON schema of its settings, for editors of files.</summary>
    public required JsonElement SettingsSchema { get; init; }

    /// <summary>True where other nodes may live in it.</summary>
    public bool IsContainer => Node is IContainerNode;
}

/// <summary>A node's kind and its settings. Where something was found the settings hold defaults in the wrong places.</summary>
public sealed record BoundNode(NodeKind Kind, NodeSettings Settings, IReadOnlyList<SettingFinding> Findings)
{
    /// <summary>Ports out in drawing order, <c>error</c> last where <c>onError</c> is <c>route</c>.</summary>
    public IReadOnlyList<string> Ports { get; } = Settings is StepSettings { OnError: OnError.Route }
        ? [.. Kind.Node.PortsOf(Settings), "error"]
        : Kind.Node.PortsOf(Settings);
}

/// <summary>A document names a kind that this program does not have.</summary>
public sealed class UnknownNodeKindException(string kind, string? nearest)
    : Exception($"There is no node kind '{kind}'{Nearest.Ask(nearest)}")
{
    /// <summary>The kind as the document writes it.</summary>
    public string Kind { get; } = kind;
}

/// <summary>A node kind is written wrongly; the program does not start.</summary>
public sealed class NodeCatalogException(Type culprit, string what) : Exception($"{culprit.FullName} {what}.")
{
    /// <summary>The class to mend.</summary>
    public Type Culprit { get; } = culprit;
}
