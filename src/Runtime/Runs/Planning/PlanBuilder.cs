using System.Text;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Runs.Planning;

/// <summary>Makes a plan of a checked graph. A graph with errors has no plan; publishing and drafts that run are checked before.</summary>
internal sealed class PlanBuilder(NodeCatalog catalog)
{
    /// <summary>The plan of a stored pipeline file.</summary>
    /// <exception cref="InvalidOperationException">The file is none, or has errors that were not seen before.</exception>
    public RunPlan Build(string file)
    {
        if (GraphReader.Read(Encoding.UTF8.GetBytes(file)) is not GraphReadResult.Read { Graph: var graph }) throw new InvalidOperationException("A stored graph cannot be read.");
        var nodes = new Dictionary<string, PlanNode>(StringComparer.Ordinal);
        var root = ScopeOf(graph, null, nodes);
        return new RunPlan
        {
            Graph = graph, Root = root, Nodes = nodes,
            Input = root.Nodes.Single(x => x.Graph.Kind == "input"), Output = root.Nodes.Single(x => x.Graph.Kind == "output"),
        };
    }

    private PlanScope ScopeOf(Graph graph, PlanNode? container, Dictionary<string, PlanNode> all)
    {
        var drawn = graph.Nodes.Where(x => x.Parent == container?.Id).ToList();
        var ids = drawn.Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        var edges = graph.Edges.Where(x => ids.Contains(x.From) && ids.Contains(x.To)).ToList();
        var ordered = Order(drawn, edges).Select((node, rank) => Plan(node, rank)).ToList();
        var ranks = ordered.ToDictionary(x => x.Id, x => x.Rank, StringComparer.Ordinal);
        var scope = new PlanScope(container, ordered, edges.Select(x => new PlanEdge(ranks[x.From], x.FromPort, ranks[x.To])).Distinct().ToList());
        foreach (var node in ordered)
        {
            all.Add(node.Id, node);
            if (node.Kind is IContainerNode) node.Inside = ScopeOf(graph, node, all);
        }
        return scope;
    }

    private PlanNode Plan(GraphNode node, int rank)
    {
        var bound = catalog.Bind(node);
        return new PlanNode { Rank = rank, Graph = node, Kind = bound.Kind.Node, Settings = bound.Settings, Title = node.Name ?? bound.Kind.Title };
    }

    /// <summary>Topological; where several could follow, in the file's order, so that paths of a version sort the same for ever.</summary>
    private static List<GraphNode> Order(List<GraphNode> nodes, List<GraphEdge> edges)
    {
        var open = nodes.ToDictionary(x => x.Id, x => edges.Count(e => e.To == x.Id), StringComparer.Ordinal);
        var after = edges.ToLookup(x => x.From, x => x.To, StringComparer.Ordinal);
        var ready = new PriorityQueue<GraphNode, int>();
        var place = nodes.Select((x, i) => (x.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var byId = nodes.ToDictionary(x => x.Id, StringComparer.Ordinal);
        foreach (var node in nodes.Where(x => open[x.Id] == 0)) ready.Enqueue(node, place[node.Id]);
        var ordered = new List<GraphNode>(nodes.Count);
        while (ready.TryDequeue(out var node, out _))
        {
            ordered.Add(node);
            foreach (var next in after[node.Id])
                if (--open[next] == 0) ready.Enqueue(byId[next], place[next]);
        }
        return ordered.Count == nodes.Count ? ordered : throw new InvalidOperationException("A stored graph has a cycle.");
    }
}
