using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Runs;

/// <summary>A draft reduced to one node and what leads to it, so that the node can be tried while the rest of the draft is not ready yet.</summary>
internal static class OneNode
{
    /// <summary>The input, the node (in a container: its outermost container), everything before it, and an output that gives nothing. Null where the draft has no such node.</summary>
    public static Graph? Of(Graph graph, string id)
    {
        var nodes = graph.Nodes.DistinctBy(x => x.Id).ToDictionary(x => x.Id, StringComparer.Ordinal);
        if (Outermost(nodes, id) is not { Kind: not ("input" or "output") } target) return null;
        var roots = new HashSet<string>(StringComparer.Ordinal) { target.Id };
        for (var open = new Stack<string>([target.Id]); open.TryPop(out var next);)
            foreach (var edge in graph.Edges.Where(x => x.To == next && roots.Add(x.From))) open.Push(edge.From);
        var kept = graph.Nodes.Where(x => Outermost(nodes, x.Id) is { } root && (roots.Contains(root.Id) || root.Kind is "input" or "output")).ToList();
        var edges = graph.Edges.Where(x => kept.Exists(y => y.Id == x.From) && kept.Exists(y => y.Id == x.To && y.Kind != "output")).ToList();
        var (input, output) = (kept.Find(x => x.Kind == "input"), kept.Find(x => x.Kind == "output"));
        if (input is not null) edges.AddRange(kept.Where(x => x.Parent is null && x.Kind is not ("input" or "output") && !edges.Exists(y => y.To == x.Id)).Select(x => new GraphEdge { From = input.Id, To = x.Id }));
        if (output is not null) edges.Add(new GraphEdge { From = target.Id, FromPort = FirstPort(target), To = output.Id });
        return graph with { Nodes = [.. kept.Select(x => x.Kind == "output" ? x with { Settings = JsonSerializer.SerializeToElement(new { }) } : x)], Edges = edges, Notes = [] };
    }

    private static GraphNode? Outermost(Dictionary<string, GraphNode> nodes, string id)
    {
        var node = nodes.GetValueOrDefault(id);
        for (var depth = 0; depth < nodes.Count && node?.Parent is { } parent && nodes.TryGetValue(parent, out var holder); depth++) node = holder;
        return node;
    }

    private static string FirstPort(GraphNode node)
    {
        if (NodeCatalog.Standard.Find(node.Kind) is null) return "out";
        var bound = NodeCatalog.Standard.Bind(node);
        var ports = bound.Kind.Node.PortsOf(bound.Settings);
        return ports.Contains("out") ? "out" : ports.FirstOrDefault() ?? "out";
    }
}
