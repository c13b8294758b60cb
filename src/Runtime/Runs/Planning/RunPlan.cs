using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Runs.Planning;

/// <summary>A checked graph in the shape that the engine runs: scopes of nodes in topological order, settings bound. Immutable and shared by all runs of a version.</summary>
public sealed class RunPlan
{
    /// <summary>The document it was made from.</summary>
    public required Graph Graph { get; init; }

    /// <summary>The nodes outside containers.</summary>
    public required PlanScope Root { get; init; }

    /// <summary>The <c>input</c> node.</summary>
    public required PlanNode Input { get; init; }

    /// <summary>The <c>output</c> node.</summary>
    public required PlanNode Output { get; init; }

    /// <summary>Every node by its id, those inside containers too.</summary>
    public required IReadOnlyDictionary<string, PlanNode> Nodes { get; init; }

    /// <summary>The node of that id, wherever it is.</summary>
    public PlanNode? FindNode(string id) => Nodes.GetValueOrDefault(id);
}

/// <summary>The nodes of one container, or those outside all.</summary>
public sealed class PlanScope
{
    private readonly Dictionary<string, PlanNode> _byId;

    internal PlanScope(PlanNode? container, IReadOnlyList<PlanNode> nodes, IReadOnlyList<PlanEdge> edges)
    {
        Container = container;
        Nodes = nodes;
        Topology = new ScopeTopology(nodes.Count, edges, nodes.Select(x => x.Graph.Disabled).ToArray());
        _byId = nodes.ToDictionary(x => x.Id, StringComparer.Ordinal);
    }

    /// <summary>The container that it is the inside of; null at the root.</summary>
    public PlanNode? Container { get; }

    /// <summary>In topological order; a node's <see cref="PlanNode.Rank"/> is its place here.</summary>
    public IReadOnlyList<PlanNode> Nodes { get; }

    /// <summary>Who follows whom.</summary>
    public ScopeTopology Topology { get; }

    /// <summary>The node of that id in this scope.</summary>
    public PlanNode? Find(string id) => _byId.GetValueOrDefault(id);
}

/// <summary>A node, ready to run.</summary>
public sealed class PlanNode
{
    /// <summary>Its place in the topological order of its scope.</summary>
    public required int Rank { get; init; }

    /// <summary>The node as drawn.</summary>
    public required GraphNode Graph { get; init; }

    /// <summary>What its kind does.</summary>
    public required Node Kind { get; init; }

    /// <summary>Its settings.</summary>
    public required NodeSettings Settings { get; init; }

    /// <summary>What people call it.</summary>
    public required string Title { get; init; }

    /// <summary>Names with which a bare path may start here.</summary>
    public required IReadOnlySet<string> BareNames { get; init; }

    /// <summary>What the sorting path of its first round ends in.</summary>
    public string FirstSegment => field ??= StepPath.Segment(Rank, Id, 1);

    /// <summary>The nodes inside it, for containers.</summary>
    public PlanScope? Inside { get; internal set; }

    /// <summary>Its id.</summary>
    public string Id => Graph.Id;

    /// <summary>What follows when it fails for good.</summary>
    public OnError OnError => Settings is StepSettings step ? step.OnError : OnError.Fail;
}

/// <summary>An edge between two nodes of one scope, by their ranks.</summary>
public readonly record struct PlanEdge(int From, string Port, int To);

/// <summary>Who follows whom in a scope; all that <see cref="ReadySteps"/> needs to know of a graph.</summary>
public sealed class ScopeTopology
{
    private readonly PlanEdge[][] _into;
    private readonly int[][] _after;

    /// <summary>Nodes are numbered in topological order: every edge leads from a smaller to a larger number.</summary>
    public ScopeTopology(int count, IReadOnlyList<PlanEdge> edges, IReadOnlyList<bool> disabled)
    {
        Count = count;
        Edges = edges;
        Disabled = disabled;
        _into = Enumerable.Range(0, count).Select(x => edges.Where(e => e.To == x).ToArray()).ToArray();
        _after = Enumerable.Range(0, count).Select(x => edges.Where(e => e.From == x).Select(e => e.To).Distinct().ToArray()).ToArray();
    }

    /// <summary>How many nodes.</summary>
    public int Count { get; }

    /// <summary>All edges.</summary>
    public IReadOnlyList<PlanEdge> Edges { get; }

    /// <summary>Nodes that are skipped whatever leads to them.</summary>
    public IReadOnlyList<bool> Disabled { get; }

    /// <summary>The edges that end in a node.</summary>
    public IReadOnlyList<PlanEdge> Into(int node) => _into[node];

    /// <summary>The nodes that directly follow a node.</summary>
    public IReadOnlyList<int> After(int node) => _after[node];

    /// <summary>True where an edge starts at that port.</summary>
    public bool HasEdge(int node, string port) => Edges.Any(x => x.From == node && x.Port == port);

    /// <summary>All nodes after a node, near and far, itself left out.</summary>
    public IReadOnlySet<int> Downstream(int node)
    {
        var found = new HashSet<int>();
        var open = new Stack<int>(After(node));
        while (open.TryPop(out var next))
            if (found.Add(next))
                foreach (var after in After(next)) open.Push(after);
        return found;
    }
}
