using System.Globalization;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Names, ids, kinds, unknown properties and secrets: what each part of the document says about itself.</summary>
internal static class DocumentCheck
{
    private static readonly (string Name, JsonValueKind Kind)[] OfGraph = [("description", JsonValueKind.String)];
    private static readonly (string Name, JsonValueKind Kind)[] OfNode =
        [("name", JsonValueKind.String), ("parent", JsonValueKind.String), ("position", JsonValueKind.Object), ("size", JsonValueKind.Object), ("disabled", JsonValueKind.True), ("settings", JsonValueKind.Object)];
    private static readonly (string Name, JsonValueKind Kind)[] OfEdge = [("fromPort", JsonValueKind.String), ("toPort", JsonValueKind.String), ("id", JsonValueKind.String)];
    private static readonly (string Name, JsonValueKind Kind)[] OfNote = [("text", JsonValueKind.String), ("position", JsonValueKind.Object), ("size", JsonValueKind.Object)];

    public static void Run(Draft draft)
    {
        var graph = draft.Graph;
        Name(draft, "/name", -1, graph.Name, "The pipeline");
        if (graph.Name.Length == 0) draft.Error("bad_name", "/name", -1, "The pipeline has no name.");
        Unknown(draft, "", -1, "the pipeline", graph.Unknown, OfGraph, _ => graph.Description is not null);
        Secret(draft, "/name", -1, graph.Name);
        Secret(draft, "/description", -1, graph.Description);
        Nodes(draft);
        for (var edge = 0; edge < graph.Edges.Count; edge++)
            Unknown(draft, Pointer.Of("edges", edge), -1, $"the connection from '{graph.Edges[edge].From}' to '{graph.Edges[edge].To}'", graph.Edges[edge].Unknown, OfEdge,
                property => property == "id" || (property == "fromPort" ? graph.Edges[edge].FromPort != "out" : graph.Edges[edge].ToPort != "in"));
        for (var note = 0; note < graph.Notes.Count; note++)
        {
            Unknown(draft, Pointer.Of("notes", note), -1, "a note", graph.Notes[note].Unknown, OfNote, property => property != "size" || graph.Notes[note].Size is not null);
            Secret(draft, Pointer.Of("notes", note, "text"), -1, graph.Notes[note].Text);
        }
    }

    private static void Nodes(Draft draft)
    {
        for (var at = 0; at < draft.Graph.Nodes.Count; at++)
        {
            var node = draft.Graph.Nodes[at];
            Id(draft, at, node);
            if (node.Name is { } name)
            {
                Name(draft, Draft.PathOf(at, "/name"), at, name, $"Node '{node.Id}'");
                Secret(draft, Draft.PathOf(at, "/name"), at, name);
            }
            if (draft.Bound[at] is null) Kind(draft, at, node);
            Unknown(draft, Draft.PathOf(at), at, draft.Called(at), node.Unknown, OfNode, property => property switch
            {
                "name" => node.Name is not null,
                "parent" => node.Parent is not null,
                "size" => node.Size is not null,
                "settings" => node.Settings.ValueKind != JsonValueKind.Undefined,
                "disabled" => node.Disabled,
                _ => node.Position != default,
            });
            foreach (var path in Secrets.In(node.Settings, Draft.PathOf(at, "/settings"))) Secret(draft, path, at);
        }
    }

    private static void Id(Draft draft, int at, GraphNode node)
    {
        var path = Draft.PathOf(at, "/id");
        var first = draft.Index.PositionOf(node.Id);
        if (!Names.IsId(node.Id))
            draft.Error("bad_id", path, at, $"'{Shown(node.Id)}' cannot be an id: ids have small letters, digits and _, start with a letter, and have at most 64 characters.");
        else if (Names.Reserved.Contains(node.Id))
            draft.Error("reserved_id", path, at, $"'{node.Id}' cannot be an id: templates need this word for themselves.");
        if (first == at) return;
        var free = Free(draft.Index, node.Id);
        draft.Error("duplicate_id", path, at, $"Two nodes have the id '{Shown(node.Id)}' ({draft.Graph.Nodes[first].Name ?? node.Kind}, {node.Name ?? node.Kind}).",
            new ProblemFix($"Call the second '{free}'", GraphPatch.Set(path, free)));
    }

    private static string Free(GraphIndex index, string id)
    {
        var stem = id.Length > 58 ? id[..58] : id;
        for (var number = 2; ; number++)
        {
            var free = $"{stem}_{number.ToString(CultureInfo.InvariantCulture)}";
            if (index.Find(free) is null) return free;
        }
    }

    private static void Kind(Draft draft, int at, GraphNode node)
    {
        var nearest = Nearest.To(node.Kind, draft.Catalog.Kinds.Select(kind => kind.Kind));
        draft.Error("unknown_kind", Draft.PathOf(at, "/kind"), at, $"There is no node kind '{Shown(node.Kind)}'{Nearest.Ask(nearest)}",
            nearest is null ? null : new ProblemFix($"Make it a '{nearest}'", GraphPatch.Set(Draft.PathOf(at, "/kind"), nearest)));
    }

    private static void Name(Draft draft, string path, int node, string name, string called)
    {
        if (Names.Invisible(name) is { } rune) draft.Error("bad_name", path, node, $"The name contains an invisible character (U+{rune.Value:X4}). Remove it.");
        else if (name.Length > Names.Most) draft.Error("bad_name", path, node, string.Create(CultureInfo.InvariantCulture, $"{called} has a name of {name.Length:N0} characters; it may have {Names.Most}."));
    }

    private static void Unknown(Draft draft, string path, int node, string called, IReadOnlyDictionary<string, JsonElement> unknown, (string Name, JsonValueKind Kind)[] known, Func<string, bool> isGiven)
    {
        foreach (var (key, value) in unknown)
        {
            var name = Pointer.Parts($"/{key}")[^1];
            var nearest = key.Contains('/', StringComparison.Ordinal) ? null
                : Nearest.To(name, known.Where(one => Fits(one, value) && !isGiven(one.Name)).Select(one => one.Name));
            draft.Error("unknown_property", $"{path}/{key}", node, $"Unknown field '{Shown(name)}' in {called}{Nearest.Ask(nearest)}",
                nearest is null ? GraphPatch.Removal($"{path}/{key}", Shown(name)) : GraphPatch.Renaming($"{path}/{key}", nearest));
            foreach (var secret in Secrets.In(value, $"{path}/{key}", name)) Secret(draft, secret, node);
        }
    }

    /// <summary>True where the value could be read under that name, so that renaming mends the file and does not break it.</summary>
    private static bool Fits((string Name, JsonValueKind Kind) property, JsonElement value) => property switch
    {
        { Name: "position" or "size" } => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(part => part.Value.ValueKind == JsonValueKind.Number),
        { Kind: JsonValueKind.True } => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => property.Kind == value.ValueKind,
    };

    private static void Secret(Draft draft, string path, int node, string? text)
    {
        if (Secrets.IsSecret(text)) Secret(draft, path, node);
    }

    private static void Secret(Draft draft, string path, int node) => draft.Error("secret_in_file", path, node,
        $"The file contains what looks like an API key{(node < 0 ? "" : $" in {draft.Called(node)}")}. It is not stored. Remove this place and choose a saved connection.");

    private static string Shown(string text) => text.Length <= 80 ? text : $"{text[..80]}…";
}
