using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>A value that a node's settings may read.</summary>
/// <param name="Path">As templates write it: a name, or a name and a field of it.</param>
/// <param name="Node">The node whose output it is; null: the place gives it (<c>item</c>, <c>run</c>, …).</param>
public sealed record Readable(string Path, GraphNode? Node)
{
    /// <summary>Everything that a node may read, the nearest first, each name before its fields: what the reference check accepts, as far as shapes tell.</summary>
    /// <param name="graph">The document.</param>
    /// <param name="id">The reader.</param>
    public static IReadOnlyList<Readable> At(Graph graph, string id)
    {
        var draft = new Draft(graph, NodeCatalog.Standard, GraphFacts.None);
        if (draft.Index.PositionOf(id) is not (>= 0 and var reader)) return [];
        var shapes = new Shapes(draft);
        var found = new List<Readable>();
        foreach (var (node, at) in graph.Nodes.Select((x, at) => (x, at)).Where(x => draft.Index.PositionOf(x.x.Id) == x.at && (ReferenceCheck.CanRead(draft, reader, x.at, inside: false) || ReferenceCheck.CanRead(draft, reader, x.at, inside: true)))
                     .OrderByDescending(x => draft.Index.Order.RankOf(x.at)))
            Add(found, node.Id, node, shapes.Of(at));
        foreach (var name in draft.Index.PlaceNames(reader, inside: false)) Add(found, name, null, shapes.OfPlace(reader, name, inside: false));
        return found;
    }

    /// <summary>What a node could read if it were connected: outputs of nodes in the same container that do not come after it, in the graph's order.</summary>
    /// <param name="graph">The document.</param>
    /// <param name="id">The reader.</param>
    public static IReadOnlyList<Readable> Near(Graph graph, string id)
    {
        var draft = new Draft(graph, NodeCatalog.Standard, GraphFacts.None);
        if (draft.Index.PositionOf(id) is not (>= 0 and var reader) || graph.Nodes[reader].Kind == "input") return [];
        var shapes = new Shapes(draft);
        var found = new List<Readable>();
        foreach (var (node, at) in graph.Nodes.Select((x, at) => (x, at)).Where(x => x.at != reader && x.x.Kind != "output" && x.x.Parent == graph.Nodes[reader].Parent && draft.Index.PositionOf(x.x.Id) == x.at))
            if (!draft.Index.IsUpstream(at, reader) && !draft.Index.IsUpstream(reader, at)) Add(found, node.Id, node, shapes.Of(at));
        return found;
    }

    private static void Add(List<Readable> found, string name, GraphNode? node, Shape? shape)
    {
        var fields = new HashSet<string>(StringComparer.Ordinal);
        Shape.Step(shape, new PathSegment("", null), out _, fields);
        if (node?.Kind != "input" && name != "run") found.Add(new Readable(name, node)); // whole, those two say nothing in a text
        found.AddRange(fields.Select(x => new Readable($"{name}.{x}", node)));
    }
}
