namespace PromptDesigner.Runtime.Graphs;

/// <content>The names that templates and paths may start with.</content>
public sealed partial class GraphIndex
{
    private HashSet<string>? _revised;

    /// <summary>Names with which a bare path in this node's settings may start: every node's id, and what the place gives (<c>run</c>, <c>item</c>, …). Any other bare word is a text.</summary>
    public IReadOnlySet<string> BareNames(string id) => new HashSet<string>(_positions.Keys.Concat(PlaceNames(Required(id), inside: false)), StringComparer.Ordinal);

    /// <summary>What the containers around a place give, and a reviewer: <c>run</c>; <c>item</c>, <c>index</c>; <c>attempt</c>, <c>feedback</c>; <c>previous</c>.</summary>
    /// <param name="node">The reader.</param>
    /// <param name="inside">True where the reader is a container and reads from within itself.</param>
    internal IReadOnlyList<string> PlaceNames(int node, bool inside)
    {
        var names = new List<string> { "run" };
        for (var container = inside ? node : _parents[node]; container >= 0; container = _parents[container])
        {
            if (Graph.Nodes[container].Kind == "forEach") names.AddRange(["item", "index"]);
            if (Graph.Nodes[container].Kind == "repeat") names.AddRange(["attempt", "feedback"]);
        }
        _revised ??= [.. Graph.Nodes.Where(gate => gate.Kind == "approval").Select(ReviseOf).OfType<string>()];
        if (Graph.Nodes[node].Kind == "prompt" && _revised.Contains(Graph.Nodes[node].Id)) names.AddRange(["feedback", "previous"]);
        return names;
    }

    private static string? ReviseOf(GraphNode gate) => gate.Settings.ValueKind == System.Text.Json.JsonValueKind.Object
        && gate.Settings.TryGetProperty("revise", out var revise) && revise.ValueKind == System.Text.Json.JsonValueKind.String ? revise.GetString() : null;
}
