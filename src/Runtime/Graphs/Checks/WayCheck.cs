namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Ways through the graph: no loops, every node reached from the input, every node of use for the output.</summary>
internal static class WayCheck
{
    public static void Run(Draft draft)
    {
        Loops(draft);
        var outside = Enumerable.Range(0, draft.Graph.Nodes.Count).Where(node => draft.Graph.Nodes[node].Parent is null).ToList();
        var inputs = outside.Where(node => draft.Graph.Nodes[node].Kind == "input").ToList();
        var reached = Spread(draft, inputs, forward: true);
        if (inputs.Count > 0)
            foreach (var node in outside.Where(node => !reached.Contains(node) && draft.Graph.Nodes[node].Kind != "input"))
                draft.Error("unreachable", Draft.PathOf(node), node, $"Nothing leads from {draft.Called(inputs[0])} to {draft.Called(node)}, so it would never run. Connect it.");

        var outputs = outside.Where(node => draft.Graph.Nodes[node].Kind == "output").ToList();
        var used = Spread(draft, outputs.Concat(Sends(draft)), forward: false);
        if (outputs.Count == 0) return;
        foreach (var node in outside.Where(node => !used.Contains(node) && (reached.Contains(node) || inputs.Count == 0)))
            draft.Warn("unused_node", Draft.PathOf(node), node, $"No way leads from {draft.Called(node)} to {draft.Called(outputs[0])}: nothing comes of it.");
    }

    /// <summary>Sends, and containers around them: something comes of them without an output.</summary>
    private static IEnumerable<int> Sends(Draft draft)
    {
        for (var node = 0; node < draft.Graph.Nodes.Count; node++)
        {
            if (draft.Bound[node] is not { } bound || !bound.Kind.Node.Sends(bound.Settings)) continue;
            var outermost = node;
            while (draft.Index.ParentOf(outermost) >= 0) outermost = draft.Index.ParentOf(outermost);
            yield return outermost;
        }
    }

    private static HashSet<int> Spread(Draft draft, IEnumerable<int> starts, bool forward)
    {
        var found = new HashSet<int>(starts);
        var open = new Queue<int>(found);
        while (open.TryDequeue(out var node))
            foreach (var edge in forward ? draft.Index.OutOf(node) : draft.Index.Into(node))
            {
                var next = forward ? draft.Index.To(edge) : draft.Index.From(edge);
                if (found.Add(next)) open.Enqueue(next);
            }
        return found;
    }

    /// <summary>One loop for each knot of nodes that reach each other; a knot can hold more loops than anybody would read.</summary>
    private static void Loops(Draft draft)
    {
        var done = Outside(draft);
        for (var start = 0; start < draft.Graph.Nodes.Count; start++)
        {
            if (done.Contains(start) || Loop(draft, start, done) is not { } loop) continue;
            done.UnionWith(Knot(draft, start));
            var names = string.Join(" → ", loop.Select(edge => Plain(draft, draft.Index.From(edge))).Append(Plain(draft, start)));
            draft.Error("cycle", Pointer.Of("edges", loop[^1]), start, $"These nodes form a loop: {names}. Remove one of the connections.");
        }
    }

    /// <summary>Nodes that are in no loop because nothing before or nothing after them is.</summary>
    private static HashSet<int> Outside(Draft draft)
    {
        var count = draft.Graph.Nodes.Count;
        var outside = new HashSet<int>(Enumerable.Range(0, count).Where(node => !draft.Index.Order.IsCyclic(node)));
        var after = Enumerable.Range(0, count).Select(node => draft.Index.OutOf(node).Count).ToArray();
        var ends = new Queue<int>(Enumerable.Range(0, count).Where(node => after[node] == 0));
        while (ends.TryDequeue(out var end))
        {
            outside.Add(end);
            foreach (var edge in draft.Index.Into(end))
                if (--after[draft.Index.From(edge)] == 0) ends.Enqueue(draft.Index.From(edge));
        }
        return outside;
    }

    private static IEnumerable<int> Knot(Draft draft, int start)
    {
        var after = Spread(draft, [start], forward: true);
        return Spread(draft, [start], forward: false).Where(after.Contains);
    }

    /// <summary>The edges of the shortest loop through <paramref name="start"/>; null where it is in none.</summary>
    private static List<int>? Loop(Draft draft, int start, HashSet<int> done)
    {
        var by = new Dictionary<int, int>();
        var open = new Queue<int>([start]);
        while (open.TryDequeue(out var node))
            foreach (var edge in draft.Index.OutOf(node))
            {
                var next = draft.Index.To(edge);
                if (next == node || done.Contains(next)) continue;
                if (!by.TryAdd(next, edge)) continue;
                if (next != start)
                {
                    open.Enqueue(next);
                    continue;
                }
                var loop = new List<int>();
                var at = start;
                do
                {
                    loop.Insert(0, by[at]);
                    at = draft.Index.From(by[at]);
                }
                while (at != start);
                return loop;
            }
        return null;
    }

    private static string Plain(Draft draft, int node) => draft.Graph.Nodes[node].Name ?? draft.Graph.Nodes[node].Id;
}
