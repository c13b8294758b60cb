using System.Text.Json;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>A pipeline document as CONTRACT section 1 describes it. Immutable; settings stay JSON, because a draft may hold wrong ones.</summary>
public sealed record Graph
{
    /// <summary>The format that this program reads and writes.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The pipeline's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Nodes in the file's order.</summary>
    public required IReadOnlyList<GraphNode> Nodes { get; init; }

    /// <summary>Edges in the file's order.</summary>
    public required IReadOnlyList<GraphEdge> Edges { get; init; }

    /// <summary>Sticky notes.</summary>
    public IReadOnlyList<GraphNote> Notes { get; init; } = [];

    /// <summary>Properties that the format does not have, by JSON pointer without its first slash; kept until a person removes them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = NothingUnknown;

    internal static readonly IReadOnlyDictionary<string, JsonElement> NothingUnknown = new Dictionary<string, JsonElement>();
}

/// <summary>A node as drawn.</summary>
public sealed record GraphNode
{
    /// <summary>Unique in the document; the name under which templates read its output.</summary>
    public required string Id { get; init; }

    /// <summary>The node kind, known or not.</summary>
    public required string Kind { get; init; }

    /// <summary>What people call it; null: the kind's title.</summary>
    public string? Name { get; init; }

    /// <summary>Where it stands, relative to its container.</summary>
    public Point Position { get; init; }

    /// <summary>Containers only.</summary>
    public Size? Size { get; init; }

    /// <summary>The id of the container in which it lives.</summary>
    public string? Parent { get; init; }

    /// <summary>True: skipped, its outgoing edges are dead.</summary>
    public bool Disabled { get; init; }

    /// <summary>The kind's settings as written: an object, or undefined where the file has none.</summary>
    public JsonElement Settings { get; init; }

    /// <summary>Properties that the format does not have, by JSON pointer from the node, without its first slash (<c>position/z</c>).</summary>
    public IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = Graph.NothingUnknown;
}

/// <summary>A connection from a port of one node to another node.</summary>
public sealed record GraphEdge
{
    /// <summary>Optional in a file.</summary>
    public string? Id { get; init; }

    /// <summary>The node it leaves.</summary>
    public required string From { get; init; }

    /// <summary>The port it leaves by.</summary>
    public string FromPort { get; init; } = "out";

    /// <summary>The node it ends in.</summary>
    public required string To { get; init; }

    /// <summary>The port it ends in.</summary>
    public string ToPort { get; init; } = "in";

    /// <summary>Properties that the format does not have.</summary>
    public IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = Graph.NothingUnknown;
}

/// <summary>A sticky note.</summary>
public sealed record GraphNote
{
    /// <summary>Unique among the notes.</summary>
    public required string Id { get; init; }

    /// <summary>Its text.</summary>
    public required string Text { get; init; }

    /// <summary>Where it stands.</summary>
    public Point Position { get; init; }

    /// <summary>How large it is drawn.</summary>
    public Size? Size { get; init; }

    /// <summary>Properties that the format does not have, by JSON pointer from the note, without its first slash.</summary>
    public IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = Graph.NothingUnknown;
}

/// <summary>A place on the canvas, in pixels at zoom 1.</summary>
public readonly record struct Point(double X, double Y);

/// <summary>A size on the canvas, in pixels at zoom 1.</summary>
public readonly record struct Size(double Width, double Height);
