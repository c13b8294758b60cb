using System.Collections;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>A document ready to be asked: nodes by id, edges by node, scopes, order, and what is upstream of what. Immutable. Wrong documents are borne: of two nodes with one id the first counts, edges that lead nowhere or through a wall do not.</summary>
public sealed partial class GraphIndex
{
    private static readonly int[] None = [];
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly int[] _parents;
    private readonly int[] _depths;
    private readonly List<int>[] _into;
    private readonly List<int>[] _outOf;
    private readonly int[] _to;
    private readonly int[] _from;
    private readonly BitArray[] _upstream;
    private readonly Dictionary<int, List<int>> _inside = [];

    private GraphIndex(Graph graph, NodeCatalog catalog)
    {
        Graph = graph;
        var count = graph.Nodes.Count;
        for (var node = 0; node < count; node++) _positions.TryAdd(graph.Nodes[node].Id, node);
        _parents = Parents(catalog);
        _depths = new int[count];
        (_into, _outOf) = (new List<int>[count], new List<int>[count]);
        for (var node = 0; node < count; node++) (_into[node], _outOf[node]) = ([], []);
        (_to, _from) = (new int[graph.Edges.Count], new int[graph.Edges.Count]);
        for (var edge = 0; edge < graph.Edges.Count; edge++)
        {
            _from[edge] = PositionOf(graph.Edges[edge].From);
            _to[edge] = PositionOf(graph.Edges[edge].To);
            if (_from[edge] < 0 || _to[edge] < 0 || _parents[_from[edge]] != _parents[_to[edge]]) continue;
            _outOf[_from[edge]].Add(edge);
            _into[_to[edge]].Add(edge);
        }
        Order = new GraphOrder(this);
        foreach (var node in Order.Positions)
        {
            if (!_inside.TryGetValue(_parents[node], out var scope)) _inside[_parents[node]] = scope = [];
            scope.Add(node);
        }
        _upstream = Upstream();
    }

    /// <summary>The document.</summary>
    public Graph Graph { get; }

    internal GraphOrder Order { get; }

    /// <summary>Indexes a document; containers are those of <paramref name="catalog"/> (this program's own where it is null) and nodes of unknown kinds.</summary>
    public static GraphIndex Of(Graph graph, NodeCatalog? catalog = null) => new(graph, catalog ?? NodeCatalog.Standard);

    /// <summary>The node, or null.</summary>
    public GraphNode? Find(string id) => _positions.TryGetValue(id, out var node) ? Graph.Nodes[node] : null;

    /// <summary>Where the node stands in the document; -1 where it is not in it.</summary>
    public int PositionOf(string id) => _positions.GetValueOrDefault(id, -1);

    /// <summary>The container in which the node lives; null: none.</summary>
    public string? ScopeOf(string id) => PositionOf(id) is >= 0 and var node && _parents[node] >= 0 ? Graph.Nodes[_parents[node]].Id : null;

    /// <summary>The nodes of a container (null: outside all), each after everything it waits for, ties in the document's order.</summary>
    public IReadOnlyList<GraphNode> NodesIn(string? scope) => [.. Inside(scope is null ? -1 : Required(scope)).Select(node => Graph.Nodes[node])];

    /// <summary>How many edges the longest way from the scope's start to the node has; nodes of one rank never wait for each other.</summary>
    public int RankOf(string id) => Order.RankOf(Required(id));

    /// <summary>Edges that end in the node, in the document's order.</summary>
    public IReadOnlyList<GraphEdge> EdgesInto(string id) => [.. _into[Required(id)].Select(edge => Graph.Edges[edge])];

    /// <summary>Edges that leave the node, in the document's order.</summary>
    public IReadOnlyList<GraphEdge> EdgesOutOf(string id) => [.. _outOf[Required(id)].Select(edge => Graph.Edges[edge])];

    /// <summary>True where <paramref name="id"/> is upstream of <paramref name="of"/>: on a way to it, or on a way to a container around it.</summary>
    public bool IsUpstream(string id, string of) => PositionOf(id) is >= 0 and var node && _upstream[Required(of)][node];

    /// <summary>Everything upstream of the node, in the document's order.</summary>
    public IReadOnlyList<GraphNode> UpstreamOf(string id)
    {
        var upstream = _upstream[Required(id)];
        return [.. Graph.Nodes.Where((_, node) => upstream[node])];
    }

    /// <summary>Everything after the node in its scope, in order.</summary>
    public IReadOnlyList<GraphNode> DownstreamOf(string id)
    {
        var node = Required(id);
        return [.. Inside(_parents[node]).Where(other => _upstream[other][node]).Select(other => Graph.Nodes[other])];
    }

    internal int ParentOf(int node) => _parents[node];

    internal int DepthOf(int node) => _depths[node];

    internal IReadOnlyList<int> Into(int node) => _into[node];

    internal IReadOnlyList<int> OutOf(int node) => _outOf[node];

    internal int To(int edge) => _to[edge];

    internal int From(int edge) => _from[edge];

    internal IReadOnlyList<int> Inside(int container) => _inside.TryGetValue(container, out var scope) ? scope : None;

    internal bool IsUpstream(int node, int of) => _upstream[of][node];

    private int Required(string id) => PositionOf(id) is >= 0 and var node ? node : throw new ArgumentException($"There is no node '{id}'.", nameof(id));

    /// <summary>The container of each node; -1 where it has none, names none, or is in a loop of containers.</summary>
    private int[] Parents(NodeCatalog catalog)
    {
        var parents = Graph.Nodes.Select((node, at) => node.Parent is { } parent && PositionOf(parent) is >= 0 and var found && found != at
            && (catalog.Find(Graph.Nodes[found].Kind)?.IsContainer ?? true) ? found : -1).ToArray();
        var state = new byte[parents.Length];
        for (var start = 0; start < parents.Length; start++)
        {
            var way = new List<int>();
            var at = start;
            for (; at >= 0 && state[at] == 0; at = parents[at])
            {
                state[at] = 1;
                way.Add(at);
            }
            if (at >= 0 && state[at] == 1)
                foreach (var inLoop in way.SkipWhile(node => node != at)) parents[inLoop] = -1;
            foreach (var done in way) state[done] = 2;
        }
        return parents;
    }

    private BitArray[] Upstream()
    {
        var count = Graph.Nodes.Count;
        var upstream = new BitArray[count];
        var scopes = new Queue<int>([-1]);
        while (scopes.TryDequeue(out var scope))
        {
            var nodes = Inside(scope);
            foreach (var node in nodes)
            {
                upstream[node] = scope < 0 ? new BitArray(count) : new BitArray(upstream[scope]);
                _depths[node] = scope < 0 ? 0 : _depths[scope] + 1;
                if (_inside.ContainsKey(node)) scopes.Enqueue(node);
            }
            // Once is enough in order; loops want it again until nothing changes.
            var again = true;
            for (var round = 0; again && round < 20; round++)
            {
                again = nodes.Any(Order.IsCyclic);
                foreach (var node in nodes)
                    foreach (var edge in _into[node])
                    {
                        upstream[node].Or(upstream[_from[edge]]);
                        upstream[node][_from[edge]] = true;
                    }
            }
        }
        return upstream;
    }
}
