using PromptDesigner.Runtime.Graphs.Checks;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>Under which choices of ports each node runs, and so whether a reader can run where what it reads was skipped.</summary>
internal sealed class Skips
{
    // Leaving by one of these where no edge starts is a failure or a rejection: the run does not go on to the reader.
    private static readonly HashSet<string> Fatal = new(StringComparer.Ordinal) { "error", "exhausted", "invalid", "unsure", "rejected" };

    private readonly Draft _draft;
    private readonly Decisions _decisions = new();
    private readonly int[] _runs;

    public Skips(Draft draft)
    {
        _draft = draft;
        _runs = new int[draft.Graph.Nodes.Count];
        Array.Fill(_runs, Decisions.Unknown);
        var live = new Dictionary<int, int>();
        foreach (var node in draft.Index.Order.Positions)
        {
            if (draft.Index.Order.IsCyclic(node)) continue;
            _runs[node] = Runs(node, live);
            foreach (var (port, holds) in Ports(node))
                foreach (var edge in draft.Index.OutOf(node).Where(edge => port is null || draft.Graph.Edges[edge].FromPort == port))
                    live[edge] = _decisions.And(_runs[node], holds);
        }
    }

    /// <summary>True where some choice of ports lets the reader run and the node not. Where the graph is too entangled to tell, false.</summary>
    public bool MayBeSkipped(int node, int reader, bool inside)
    {
        var scope = _draft.Index.ParentOf(node);
        if (inside && scope == reader) return _decisions.AndNot(Decisions.Always, _runs[node]) > Decisions.Never;
        while (reader >= 0 && _draft.Index.ParentOf(reader) != scope) reader = _draft.Index.ParentOf(reader);
        return reader >= 0 && _decisions.AndNot(_runs[reader], _runs[node]) > Decisions.Never;
    }

    private int Runs(int node, Dictionary<int, int> live)
    {
        if (_draft.Graph.Nodes[node].Disabled) return Decisions.Never;
        var into = _draft.Index.Into(node);
        return into.Count == 0 ? Decisions.Always : into.Aggregate(Decisions.Never, (any, edge) => _decisions.Or(any, live.GetValueOrDefault(edge, Decisions.Unknown)));
    }

    /// <summary>Each port with an edge and the choice by which the node leaves through it; a null port stands for all.</summary>
    private IEnumerable<(string? Port, int Holds)> Ports(int node)
    {
        var used = _draft.Index.OutOf(node).Select(edge => _draft.Graph.Edges[edge].FromPort).Distinct().ToList();
        if (_draft.Bound[node] is not { } bound || used.Exists(port => !bound.Ports.Contains(port))) return [(null, Decisions.Always)];
        var elsewhere = bound.Ports.Any(port => !used.Contains(port) && !Fatal.Contains(port));
        var ways = new List<(string?, int)>();
        var none = Decisions.Always;
        for (var at = 0; at < used.Count; at++)
        {
            // Of several ways exactly one is taken: each where the ones before it are not, the last where nothing else is left.
            var last = at == used.Count - 1 && !elsewhere;
            var choice = last ? Decisions.Always : _decisions.Choice();
            ways.Add((used[at], _decisions.And(none, choice)));
            none = _decisions.AndNot(none, choice);
        }
        return ways;
    }
}
