using System.Collections.Concurrent;

namespace PromptDesigner.Runtime.Graphs;

/// <content>The names that templates and paths may start with.</content>
public sealed partial class GraphIndex
{
    private static readonly string[] Everywhere = ["run"];
    private readonly ConcurrentDictionary<int, string[]> _given = [];
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _bare = new(StringComparer.Ordinal);
    private HashSet<string>? _revised;

    /// <summary>Names with which a bare path in this node's settings may start: every node's id, and what the place gives (<c>run</c>, <c>item</c>, …). Any other bare word is a text.</summary>
    public IReadOnlySet<string> BareNames(string id)
    {
        var place = PlaceNames(Required(id), inside: false);
        return _bare.GetOrAdd(string.Join(' ', place), _ => new HashSet<string>(_positions.Keys.Concat(place), StringComparer.Ordinal));
    }

    /// <summary>What the containers around a place give, and a reviewer: <c>run</c>; <c>item</c>, <c>index</c>; <c>attempt</c>, <c>feedback</c>; <c>previous</c>.</summary>
    /// <param name="node">The reader.</param>
    /// <param name="inside">True where the reader is a container and reads from within itself.</param>
    internal IReadOnlyList<string> PlaceNames(int node, bool inside)
    {
        var names = GivenIn(inside ? node : _parents[node]);
        if (Graph.Nodes[node].Kind != "prompt") return names;
        _revised ??= [.. Graph.Nodes.Where(gate => gate.Kind == "approval").Select(ReviseOf).OfType<string>()];
        return _revised.Contains(Graph.Nodes[node].Id) ? [.. names.Union(["feedback", "previous"])] : names;
    }

    private string[] GivenIn(int container)
    {
        // From the outermost inwards, so that containers in containers in containers cost no more than their number.
        var way = new Stack<int>();
        var at = container;
        for (; at >= 0 && !_given.ContainsKey(at); at = _parents[at]) way.Push(at);
        var names = at < 0 ? Everywhere : _given[at];
        while (way.TryPop(out at))
        {
            names = Graph.Nodes[at].Kind switch
            {
                "forEach" => [.. names.Union(["item", "index"])],
                "repeat" => [.. names.Union(["attempt", "feedback"])],
                _ => names,
            };
            _given[at] = names;
        }
        return names;
    }

    private static string? ReviseOf(GraphNode gate) => gate.Settings.ValueKind == System.Text.Json.JsonValueKind.Object
        && gate.Settings.TryGetProperty("revise", out var revise) && revise.ValueKind == System.Text.Json.JsonValueKind.String ? revise.GetString() : null;
}
