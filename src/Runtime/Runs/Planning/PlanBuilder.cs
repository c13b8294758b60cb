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
        var root = ScopeOf(GraphIndex.Of(graph, catalog), null, nodes);
        return new RunPlan
        {
            Graph = graph, Root = root, Nodes = nodes,
            Input = root.Nodes.Single(x => x.Graph.Kind == "input"), Output = root.Nodes.Single(x => x.Graph.Kind == "output"),
        };
    }

    private PlanScope ScopeOf(GraphIndex index, PlanNode? container, Dictionary<string, PlanNode> all)
    {
        var ordered = index.NodesIn(container?.Id).Select((node, rank) => Plan(index, node, rank)).ToList();
        var ranks = ordered.ToDictionary(x => x.Id, x => x.Rank, StringComparer.Ordinal);
        var edges = ordered.SelectMany(x => index.EdgesOutOf(x.Id)).Where(x => ranks.ContainsKey(x.To)).Select(x => new PlanEdge(ranks[x.From], x.FromPort, ranks[x.To])).Distinct().ToList();
        var scope = new PlanScope(container, ordered, edges);
        foreach (var node in ordered)
        {
            all.Add(node.Id, node);
            if (node.Kind is IContainerNode) node.Inside = ScopeOf(index, node, all);
        }
        return scope;
    }

    private PlanNode Plan(GraphIndex index, GraphNode node, int rank)
    {
        var bound = catalog.Bind(node);
        return new PlanNode
        {
            Rank = rank, Graph = node, Kind = bound.Kind.Node, Settings = bound.Settings, Title = Names.Title(node, bound.Kind.Title), BareNames = index.BareNames(node.Id),
        };
    }
}
