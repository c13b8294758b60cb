using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Graphs.References;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Pipelines.Drafts;

/// <summary>Gives a node another id wherever the document names it.</summary>
internal static class Renaming
{
    /// <summary>Why it cannot be renamed so; null where it can.</summary>
    public static Refusal? Refuse(Graph graph, Rename rename)
    {
        if (!Names.IsId(rename.To) || Names.Reserved.Contains(rename.To))
            return new Refusal("edit_invalid", $"'{rename.To}' cannot be an id: small letters, digits and _, a letter first, at most 64, and none of {string.Join(", ", Names.Reserved.Take(6))}, …");
        if (graph.Nodes.All(x => x.Id != rename.Id)) return graph.Nodes.Any(x => x.Id == rename.To) ? null : new Refusal("edit_invalid", $"There is no node '{rename.Id}' any more.");
        return rename.Id != rename.To && graph.Nodes.Any(x => x.Id == rename.To) ? new Refusal("edit_invalid", $"Another node is called '{rename.To}' already. Choose another id.") : null;
    }

    /// <summary>The document with the other id; one that was renamed already stays as it is.</summary>
    public static Graph Apply(Graph graph, Rename rename)
    {
        var (id, to) = (rename.Id, rename.To);
        if (id == to || graph.Nodes.All(x => x.Id != id)) return graph;
        var read = GraphPatch.Apply(graph, Texts(graph, id, to));
        return read with
        {
            Nodes = [.. read.Nodes.Select(x => x with { Id = x.Id == id ? to : x.Id, Parent = x.Parent == id ? to : x.Parent })],
            Edges = [.. read.Edges.Select(x => x with { From = x.From == id ? to : x.From, To = x.To == id ? to : x.To })],
        };
    }

    /// <summary>True where a text means something else by the new id: a loop's or an assigned name.</summary>
    public static bool IsCaptured(Graph before, Graph after, Rename rename) => rename.Id != rename.To && Reads(after, rename.To) < Reads(before, rename.Id) + Reads(before, rename.To);

    private static int Reads(Graph graph, string id)
    {
        var draft = new Draft(graph, NodeCatalog.Standard, GraphFacts.None);
        return Enumerable.Range(0, graph.Nodes.Count).Sum(node => Readings.Of(draft, node).Count(x => x.Path.Name == id));
    }

    /// <summary>A patch of every text that reads the node.</summary>
    private static JsonArray Texts(Graph graph, string id, string to)
    {
        var patch = new JsonArray();
        var draft = new Draft(graph, NodeCatalog.Standard, GraphFacts.None);
        for (var node = 0; node < graph.Nodes.Count; node++)
        {
            foreach (var text in Readings.Of(draft, node).Where(x => x.Path.Name == id).GroupBy(x => x.Pointer))
                if (TemplateText.Rename([.. text], -1, to) is { } fix) foreach (var operation in fix.Patch) patch.Add(operation!.DeepClone());
            if (draft.Bound[node] is not { } bound) continue;
            foreach (var (setting, value, path) in SettingsCheck.Leaves(bound.Kind.Settings, graph.Nodes[node].Settings, Draft.PathOf(node, "/settings")))
                if (setting.Field.Editor == FieldEditor.NodeReference && value.ValueKind == System.Text.Json.JsonValueKind.String && value.GetString() == id) patch.Add(GraphPatch.Replace(path, to)[0]!.DeepClone());
        }
        return patch;
    }
}
