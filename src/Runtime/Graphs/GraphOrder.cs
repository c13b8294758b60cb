namespace PromptDesigner.Runtime.Graphs;

/// <summary>A deterministic order of the nodes of each scope: whatever a node waits for stands before it, ties in the document's order.</summary>
internal sealed class GraphOrder
{
    private readonly int[] _ranks;
    private readonly bool[] _cyclic;

    public GraphOrder(GraphIndex index)
    {
        var count = index.Graph.Nodes.Count;
        (_ranks, _cyclic) = (new int[count], new bool[count]);
        var waiting = new int[count];
        var ready = new PriorityQueue<int, int>();
        for (var node = 0; node < count; node++)
        {
            waiting[node] = index.Into(node).Count;
            if (waiting[node] == 0) ready.Enqueue(node, node);
        }
        var order = new List<int>(count);
        while (ready.TryDequeue(out var node, out _))
        {
            order.Add(node);
            foreach (var edge in index.OutOf(node))
            {
                var to = index.To(edge);
                _ranks[to] = Math.Max(_ranks[to], _ranks[node] + 1);
                if (--waiting[to] == 0) ready.Enqueue(to, to);
            }
        }
        for (var node = 0; node < count && order.Count < count; node++)
        {
            if (waiting[node] <= 0) continue;
            _cyclic[node] = true;
            order.Add(node);
        }
        Positions = order;
    }

    /// <summary>Positions in the document, in this order over all scopes; those of loops come last.</summary>
    public IReadOnlyList<int> Positions { get; }

    public int RankOf(int node) => _ranks[node];

    /// <summary>True for nodes that are in a loop or after one.</summary>
    public bool IsCyclic(int node) => _cyclic[node];
}
