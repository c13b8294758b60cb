using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Pipelines.Drafts;

/// <summary>A document after an edit.</summary>
/// <param name="Graph">The document.</param>
/// <param name="Inverse">What takes the edit back and leaves others' later changes alone; empty where nothing changed.</param>
public sealed record DraftEdit(Graph Graph, IReadOnlyList<DraftOperation> Inverse);

/// <summary>Makes edits of documents. Pure: no clock, no storage.</summary>
public static class DraftEdits
{
    /// <summary>Makes an edit, whole or not at all.</summary>
    public static Answer<DraftEdit> Apply(Graph graph, IReadOnlyList<DraftOperation> edit)
    {
        var edited = graph;
        var back = new List<DraftOperation>();
        for (var at = 0; at < edit.Count;)
        {
            var before = edited;
            if (edit[at] is Rename rename)
            {
                if (Renaming.Refuse(edited, rename) is { } no) return no;
                var renamed = Renaming.Apply(edited, rename);
                if (Renaming.IsCaptured(edited, renamed, rename)) return new Refusal("edit_invalid", $"A text that reads '{rename.Id}' has a name '{rename.To}' of its own. Choose another id.");
                if (!ReferenceEquals(renamed, before)) back.Insert(0, new Rename(rename.To, rename.Id)); // by its name, so that what others write in it meanwhile stays
                edited = renamed;
                at++;
                continue;
            }
            else if (edit[at] is Patch patch)
            {
                try
                {
                    edited = GraphPatch.Apply(edited, patch.Operations);
                }
                catch (GraphPatchException error)
                {
                    return new Refusal("edit_invalid", error.Message);
                }
                at++;
            }
            else
            {
                var document = new Document(edited);
                try
                {
                    for (; at < edit.Count && edit[at] is not (Rename or Patch); at++)
                        if (document.Apply(edit[at]) is { } wrong) return new Refusal("edit_invalid", wrong);
                }
                catch (Exception error) when (error is InvalidOperationException or ArgumentException) // a parent that is no text, a property that is there twice
                {
                    return new Refusal("edit_invalid", $"The edit leads to no document: {error.Message}");
                }
                if (document.Read() is not GraphReadResult.Read read) return new Refusal("edit_invalid", document.Read() is GraphReadResult.Refused refused ? refused.Message : "The edit leads to no document.");
                edited = read.Graph;
            }
            back.InsertRange(0, DraftDifference.Of(edited, before));
        }
        return new DraftEdit(edited, back);
    }

    /// <summary>A document as JSON, where operations are easy.</summary>
    private sealed class Document(Graph graph)
    {
        private readonly JsonObject _file = JsonNode.Parse(GraphWriter.Write(graph))!.AsObject();

        private JsonArray Nodes => _file["nodes"]!.AsArray();

        private JsonArray Edges => _file["edges"]!.AsArray();

        private JsonArray Notes => (_file["notes"] ??= new JsonArray()).AsArray();

        public GraphReadResult Read() => GraphReader.Read(Encoding.UTF8.GetBytes(_file.ToJsonString()));

        /// <summary>Null, or what is wrong.</summary>
        public string? Apply(DraftOperation operation)
        {
            switch (operation)
            {
                case AddNode { Node: var node }:
                    return Put(Nodes, node);
                case AddNote { Note: var note }:
                    return Put(Notes, note);
                case AddEdge { Edge: var edge }:
                    if (!Edges.Any(x => KeyOf(x!) == edge.Key)) Edges.Add(ToJson(edge));
                    return null;
                case Remove remove:
                    Take(remove);
                    return null;
                case Place place:
                    foreach (var item in place.Items) Move(item);
                    return null;
                case SetSetting set:
                    return Set(set);
                case SetGraph about:
                    if (about.Name is { } name) _file["name"] = name;
                    if (about.Description is { Length: 0 }) _file.Remove("description");
                    else if (about.Description is { } description) _file["description"] = description;
                    return null;
                default:
                    throw new InvalidOperationException(operation.GetType().Name);
            }
        }

        private static string? Put(JsonArray list, JsonElement item)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String) return "What is added must be an object with an id.";
            var at = list.ToList().FindIndex(x => IdOf(x!) == id.GetString());
            var added = JsonNode.Parse(item.GetRawText());
            if (at < 0) list.Add(added);
            else if (!IsSame(list[at]!.AsObject(), added!.AsObject())) return $"'{id.GetString()}' was added by somebody else at the same moment. Add yours again.";
            return null;
        }

        /// <summary>True where one was sent again: what it says stands there already.</summary>
        private static bool IsSame(JsonObject there, JsonObject added) => added.All(x => there.TryGetPropertyValue(x.Key, out var value) ? JsonNode.DeepEquals(value, x.Value) : x.Value is null or JsonObject { Count: 0 } || x.Value.GetValueKind() == JsonValueKind.False);

        private void Take(Remove remove)
        {
            var ids = (remove.Nodes ?? []).ToHashSet(StringComparer.Ordinal);
            for (var before = -1; before != ids.Count;)
            {
                before = ids.Count;
                ids.UnionWith(Nodes.Where(x => x!["parent"]?.GetValue<string>() is { } parent && ids.Contains(parent)).Select(x => IdOf(x!)));
            }
            var edges = (remove.Edges ?? []).Select(x => x.Key).ToHashSet();
            var notes = (remove.Notes ?? []).ToHashSet(StringComparer.Ordinal);
            RemoveWhere(Nodes, x => ids.Contains(IdOf(x)));
            RemoveWhere(Edges, x => edges.Contains(KeyOf(x)) || ids.Contains(x["from"]!.GetValue<string>()) || ids.Contains(x["to"]!.GetValue<string>()));
            RemoveWhere(Notes, x => notes.Contains(IdOf(x)));
        }

        private void Move(Placed item)
        {
            if (Find(item.Id) is not { } found) return;
            found["position"] = new JsonObject { ["x"] = item.X, ["y"] = item.Y };
            if (item.Width is not null || item.Height is not null)
            {
                var before = found["size"] as JsonObject;
                found["size"] = new JsonObject { ["width"] = item.Width ?? before?["width"]?.GetValue<double>() ?? 0, ["height"] = item.Height ?? before?["height"]?.GetValue<double>() ?? 0 };
            }
            if (item.Parent is { Length: 0 }) found.Remove("parent");
            else if (item.Parent is { } parent) found["parent"] = parent;
        }

        private string? Set(SetSetting set)
        {
            if (Find(set.Id) is not { } at) return null;
            var parts = set.Path.Split('/').Select(x => x.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
            if (parts[0] is "id" or "" || parts.Count > 30) return $"'{set.Path}' cannot be set.";
            foreach (var part in parts[..^1])
            {
                if (at[part] is not JsonObject next)
                {
                    if (set.Value is null) return null;
                    if (at[part] is not null) return $"'{set.Path}' leads through something that is no object.";
                    at[part] = next = [];
                }
                at = next;
            }
            if (set.Value is { ValueKind: not JsonValueKind.Undefined } value) at[parts[^1]] = JsonNode.Parse(value.GetRawText());
            else at.Remove(parts[^1]);
            return null;
        }

        private JsonObject? Find(string id) => Nodes.FirstOrDefault(x => IdOf(x!) == id)?.AsObject() ?? (_file["notes"] as JsonArray)?.FirstOrDefault(x => IdOf(x!) == id)?.AsObject();

        private static string IdOf(JsonNode item) => item["id"]?.GetValue<string>() ?? "";

        private static (string, string, string, string) KeyOf(JsonNode edge) =>
            (edge["from"]!.GetValue<string>(), edge["fromPort"]?.GetValue<string>() ?? "out", edge["to"]!.GetValue<string>(), edge["toPort"]?.GetValue<string>() ?? "in");

        private static JsonObject ToJson(DraftEdge edge)
        {
            var made = new JsonObject { ["from"] = edge.From, ["to"] = edge.To };
            if (edge.FromPort is { } from) made["fromPort"] = from;
            if (edge.ToPort is { } to) made["toPort"] = to;
            return made;
        }

        private static void RemoveWhere(JsonArray list, Func<JsonNode, bool> isIt)
        {
            for (var i = list.Count - 1; i >= 0; i--)
                if (isIt(list[i]!)) list.RemoveAt(i);
        }
    }
}
