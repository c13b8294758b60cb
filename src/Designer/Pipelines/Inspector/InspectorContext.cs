using System.Text.Json;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>A value that a text may insert.</summary>
/// <param name="Path">As templates write it.</param>
/// <param name="From">Whose it is, for people.</param>
public sealed record Insertable(string Path, string From);

/// <summary>What the editors of one node offer.</summary>
/// <param name="Nodes">Ids of the other nodes.</param>
/// <param name="Values">What earlier nodes give.</param>
/// <param name="Models">The workspace's models.</param>
public sealed record InspectorContext(IReadOnlyList<string> Nodes, IReadOnlyList<Insertable> Values, IReadOnlyList<string> Models)
{
    /// <summary>Nothing to offer.</summary>
    public static InspectorContext Nothing { get; } = new([], [], []);

    /// <summary>What the place of a node offers: everything from which a way leads to it, or to a container around it, and what containers give inside.</summary>
    public static InspectorContext Of(Graph graph, GraphNode node, IReadOnlyList<string> models)
    {
        var values = new List<Insertable>();
        var byId = new Dictionary<string, GraphNode>(StringComparer.Ordinal);
        foreach (var each in graph.Nodes) byId.TryAdd(each.Id, each);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var at = node; at is not null && seen.Count <= graph.Nodes.Count; at = at.Parent is { } parent ? byId.GetValueOrDefault(parent) : null)
        {
            foreach (var id in Before(graph, at.Id)) if (byId.TryGetValue(id, out var earlier) && seen.Add(id)) values.AddRange(Given(earlier));
            if (at.Parent is null || !byId.TryGetValue(at.Parent, out var around)) continue;
            var called = around.Name ?? around.Id;
            values.AddRange(around.Kind == "forEach" ? [new("item", $"each entry of {called}"), new("index", $"its place in {called}")] : [new("attempt", $"which attempt of {called}"), new("feedback", $"what {called} said")]);
        }
        // a container reads its result, and when to end, from what lives in it
        values.AddRange(graph.Nodes.Where(x => x.Parent == node.Id).SelectMany(Given));
        return new InspectorContext([.. graph.Nodes.Select(x => x.Id).Where(x => x != node.Id)], values, models);
    }

    private static HashSet<string> Before(Graph graph, string id)
    {
        var to = graph.Edges.ToLookup(x => x.To, x => x.From, StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(to[id]);
        while (next.TryPop(out var at))
            if (found.Add(at))
                foreach (var earlier in to[at]) next.Push(earlier);
        found.Remove(id);
        return found;
    }

    private static IEnumerable<Insertable> Given(GraphNode node)
    {
        var called = node.Name ?? node.Id;
        var fields = Fields(node).ToList();
        if (node.Kind != "input") yield return new Insertable(node.Id, called);
        foreach (var field in fields) yield return new Insertable($"{node.Id}.{field}", called);
    }

    private static IEnumerable<string> Fields(GraphNode node)
    {
        if (node.Settings.ValueKind != JsonValueKind.Object) return [];
        if (node.Kind is "input" or "fields" && node.Settings.TryGetProperty("fields", out var list) && list.ValueKind == JsonValueKind.Array)
            return list.EnumerateArray().Where(x => x.ValueKind == JsonValueKind.Object && x.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String).Select(x => x.GetProperty("name").GetString()!);
        return node.Settings.TryGetProperty("output", out var output) && output.ValueKind == JsonValueKind.Object && output.TryGetProperty("schema", out var schema) && schema.ValueKind == JsonValueKind.Object
               && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Select(x => x.Name)
            : [];
    }
}
