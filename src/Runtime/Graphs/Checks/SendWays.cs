using PromptDesigner.Runtime.Nodes.Approval;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>The ways that runs can take: what is reached where certain gates let nobody pass by <c>approved</c>, and which sends follow. What is disabled is passed by none.</summary>
internal sealed class SendWays
{
    private const int Unreached = -2;
    private const int Start = -1;

    private readonly Draft _draft;
    private readonly GraphIndex _index;

    public SendWays(Draft draft)
    {
        (_draft, _index) = (draft, draft.Index);
        var nodes = Enumerable.Range(0, draft.Graph.Nodes.Count).Where(node => !draft.Graph.Nodes[node].Disabled).ToList();
        Sends = [.. nodes.Where(node => draft.Bound[node] is { } bound && bound.Kind.Node.Sends(bound.Settings))];
        Gates = [.. nodes.Where(node => draft.Bound[node]?.Settings is ApprovalSettings)];
    }

    /// <summary>Nodes with an effect outside, in the document's order.</summary>
    public IReadOnlyList<int> Sends { get; }

    /// <summary>Approvals, in the document's order.</summary>
    public IReadOnlyList<int> Gates { get; }

    public ApprovalSettings Gate(int node) => (ApprovalSettings)_draft.Bound[node]!.Settings;

    /// <summary>True for what leaves a gate by <c>approved</c>.</summary>
    public bool IsApproval(int edge) => _draft.Graph.Edges[edge].FromPort == "approved" && _draft.Bound[_index.From(edge)]?.Settings is ApprovalSettings;

    /// <summary>What a run reaches although nothing leaves the gates that <paramref name="hold"/> by <c>approved</c>.</summary>
    public Reach FromStart(Func<int, bool> hold) => From(Enumerable.Range(0, _draft.Graph.Nodes.Count).Where(node => _index.ParentOf(node) < 0 && _draft.Graph.Nodes[node].Kind == "input"), hold);

    /// <summary>The same from certain nodes on.</summary>
    public Reach From(IEnumerable<int> starts, Func<int, bool> hold)
    {
        var by = new int[_draft.Graph.Nodes.Count];
        Array.Fill(by, Unreached);
        var open = new Queue<int>();
        foreach (var start in starts) Arrive(start, Start);
        while (open.TryDequeue(out var node))
        {
            foreach (var edge in _index.OutOf(node))
                if (!IsHeld(edge, hold)) Arrive(_index.To(edge), edge);
            // An iteration starts with what waits for nothing.
            foreach (var inside in _index.Inside(node))
                if (_index.Into(inside).Count == 0) Arrive(inside, Start);
        }
        return new Reach(this, by);

        void Arrive(int node, int edge)
        {
            if (by[node] != Unreached || _draft.Graph.Nodes[node].Disabled) return;
            by[node] = edge;
            open.Enqueue(node);
        }
    }

    /// <summary>For each node a send that it leads to, or that it is, although the gates hold; -1 where there is none.</summary>
    public int[] Behind(Func<int, bool> hold)
    {
        var behind = new int[_draft.Graph.Nodes.Count];
        Array.Fill(behind, -1);
        var open = new Queue<int>();
        foreach (var send in Sends) Arrive(send, send);
        while (open.TryDequeue(out var node))
        {
            foreach (var edge in _index.Into(node))
                if (!IsHeld(edge, hold)) Arrive(_index.From(edge), behind[node]);
            if (_index.Into(node).Count == 0 && _index.ParentOf(node) is >= 0 and var container) Arrive(container, behind[node]);
        }
        return behind;

        void Arrive(int node, int send)
        {
            if (behind[node] >= 0 || _draft.Graph.Nodes[node].Disabled) return;
            behind[node] = send;
            open.Enqueue(node);
        }
    }

    private bool IsHeld(int edge, Func<int, bool> hold) => IsApproval(edge) && hold(_index.From(edge));

    /// <summary>What is reached, each node with one of the shortest ways to it.</summary>
    internal sealed class Reach(SendWays ways, int[] by)
    {
        public bool Has(int node) => by[node] != Unreached;

        /// <summary>The way's nodes, the first one first, containers before what lies in them.</summary>
        public IReadOnlyList<int> WayTo(int node)
        {
            var way = new List<int>();
            for (var at = node; at >= 0 && Has(at); at = Before(at)) way.Add(at);
            way.Reverse();
            return way;
        }

        /// <summary>The last gate that the way to the node leaves by <c>approved</c>; -1 where there is none.</summary>
        public int LastGate(int node)
        {
            for (var at = node; at >= 0 && Has(at); at = Before(at))
                if (by[at] >= 0 && ways.IsApproval(by[at])) return ways._index.From(by[at]);
            return -1;
        }

        private int Before(int node) => by[node] >= 0 ? ways._index.From(by[node]) : ways._index.ParentOf(node);
    }
}
