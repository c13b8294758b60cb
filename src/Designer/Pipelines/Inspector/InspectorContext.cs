using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.References;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>A value that a text may insert.</summary>
/// <param name="Path">As templates write it.</param>
/// <param name="From">Whose it is, for people.</param>
public sealed record Insertable(string Path, string From);

/// <summary>What the editors of one node offer.</summary>
/// <param name="Nodes">Ids of the other nodes.</param>
/// <param name="Values">What it may read, the nearest first.</param>
/// <param name="Models">The workspace's models.</param>
public sealed record InspectorContext(IReadOnlyList<string> Nodes, IReadOnlyList<Insertable> Values, IReadOnlyList<string> Models)
{
    /// <summary>Nothing to offer.</summary>
    public static InspectorContext Nothing { get; } = new([], [], []);

    /// <summary>What the place of a node offers.</summary>
    public static InspectorContext Of(Graph graph, GraphNode node, IReadOnlyList<string> models) => new(
        [.. graph.Nodes.Select(x => x.Id).Where(x => x != node.Id)], [.. Readable.At(graph, node.Id).Select(x => new Insertable(x.Path, x.Node is { } from ? from.Name ?? from.Id : Words(x.Path)))], models);

    private static string Words(string path) => path.Split('.')[0] switch
    {
        "item" => "the entry of the list",
        "index" => "the entry's place in the list",
        "attempt" => "which attempt this is",
        "feedback" => "what was to be better",
        "previous" => "what was sent back",
        _ => "this run",
    };
}
