using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Pipelines.Drafts;

/// <summary>The operations that make one document of another, each as small as can be, so that they leave alone what others changed.</summary>
internal static class DraftDifference
{
    /// <summary>What makes <paramref name="to"/> of <paramref name="from"/>; nodes that come back stand at the list's end.</summary>
    public static IReadOnlyList<DraftOperation> Of(Graph from, Graph to)
    {
        var (old, wanted) = (Parts(from), Parts(to));
        var operations = new List<DraftOperation>();
        if (from.Name != to.Name || from.Description != to.Description)
            operations.Add(new SetGraph(from.Name == to.Name ? null : to.Name, from.Description == to.Description ? null : to.Description ?? ""));
        var gone = old.Nodes.Keys.Where(x => !wanted.Nodes.ContainsKey(x)).ToList();
        var goneNotes = old.Notes.Keys.Where(x => !wanted.Notes.ContainsKey(x)).ToList();
        var (edges, wantedEdges) = (from.Edges.Select(Edge).ToList(), to.Edges.Select(Edge).ToList());
        var goneEdges = edges.Where(x => !wantedEdges.Exists(y => y.Key == x.Key)).ToList();
        foreach (var (id, node) in wanted.Nodes)
        {
            if (old.Nodes.TryGetValue(id, out var before)) operations.AddRange(Changes(id, before, node));
            else operations.Add(new AddNode(Element(node)));
        }
        foreach (var (id, note) in wanted.Notes)
        {
            if (old.Notes.TryGetValue(id, out var before)) operations.AddRange(Changes(id, before, note));
            else operations.Add(new AddNote(Element(note)));
        }
        // after what stays was taken out of the containers that go
        if (gone.Count + goneNotes.Count + goneEdges.Count > 0) operations.Add(new Remove(gone, goneEdges, goneNotes));
        // an edge that a removed node took along comes back too
        operations.AddRange(wantedEdges.Where(x => !edges.Exists(y => y.Key == x.Key) || gone.Contains(x.From) || gone.Contains(x.To)).Select(x => new AddEdge(x)));
        return operations;
    }

    private static IEnumerable<DraftOperation> Changes(string id, JsonObject before, JsonObject after)
    {
        foreach (var name in before.Select(x => x.Key).Union(after.Select(x => x.Key)).Where(x => x is not ("id" or "position" or "parent")).ToList())
        {
            if (JsonNode.DeepEquals(before[name], after[name])) continue;
            if (name == "settings" && before[name] is JsonObject old && after[name] is JsonObject wanted)
            {
                foreach (var setting in old.Select(x => x.Key).Union(wanted.Select(x => x.Key)).Where(x => !JsonNode.DeepEquals(old[x], wanted[x]) || old.ContainsKey(x) != wanted.ContainsKey(x)).ToList())
                    yield return new SetSetting(id, $"settings/{Pointer.Escape(setting)}", wanted.ContainsKey(setting) ? Element(wanted[setting]) : null);
                continue;
            }
            yield return new SetSetting(id, Pointer.Escape(name), after.ContainsKey(name) ? Element(after[name]) : null);
        }
        if (!JsonNode.DeepEquals(before["position"], after["position"]) || !JsonNode.DeepEquals(before["parent"], after["parent"]))
            yield return new Place([new Placed(id, Number(after, "x"), Number(after, "y"), Parent: JsonNode.DeepEquals(before["parent"], after["parent"]) ? null : after["parent"]?.GetValue<string>() ?? "")]);
    }

    private static double Number(JsonObject item, string name) => item["position"]?[name]?.GetValue<double>() ?? 0;

    private static JsonElement Element(JsonNode? node) => JsonSerializer.SerializeToElement(node);

    private static DraftEdge Edge(GraphEdge edge) => new(edge.From, edge.To, edge.FromPort == "out" ? null : edge.FromPort, edge.ToPort == "in" ? null : edge.ToPort);

    private static (Dictionary<string, JsonObject> Nodes, Dictionary<string, JsonObject> Notes) Parts(Graph graph)
    {
        var file = JsonNode.Parse(GraphWriter.Write(graph))!;
        return (ById(file["nodes"]), ById(file["notes"]));
    }

    private static Dictionary<string, JsonObject> ById(JsonNode? list)
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var item in list?.AsArray() ?? []) found.TryAdd(item!["id"]!.GetValue<string>(), item.AsObject());
        return found;
    }
}
