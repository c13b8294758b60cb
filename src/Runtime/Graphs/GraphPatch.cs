using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>Makes and applies the patches (RFC 6902: <c>add</c>, <c>remove</c>, <c>replace</c>, <c>move</c>) of fixes.</summary>
public static class GraphPatch
{
    /// <summary>A patch that gives a property a value, whether it has one or not; its parent must exist.</summary>
    public static JsonArray Set(string path, JsonNode? value) => [Operation("add", path, value)];

    /// <summary>A patch that replaces what stands at a path, an entry of a list too.</summary>
    public static JsonArray Replace(string path, JsonNode? value) => [Operation("replace", path, value)];

    /// <summary>A fix that removes what stands at <paramref name="path"/>.</summary>
    public static ProblemFix Removal(string path, string called) => new($"Remove '{called}'", [new JsonObject { ["op"] = "remove", ["path"] = path }]);

    /// <summary>A fix that gives a property another name.</summary>
    public static ProblemFix Renaming(string path, string name)
    {
        var parent = path[..path.LastIndexOf('/')];
        return new ProblemFix($"Rename it to '{name}'", [new JsonObject { ["op"] = "move", ["from"] = path, ["path"] = $"{parent}/{Pointer.Escape(name)}" }]);
    }

    /// <summary>The document with the patch applied.</summary>
    /// <exception cref="GraphPatchException">A path leads nowhere, or the result is no pipeline document.</exception>
    public static Graph Apply(Graph graph, JsonArray patch)
    {
        var document = JsonNode.Parse(GraphWriter.Write(graph))!;
        foreach (var operation in patch) Apply(document, operation as JsonObject ?? throw new GraphPatchException("An operation of a patch is an object."));
        return GraphReader.Read(Encoding.UTF8.GetBytes(document.ToJsonString())) switch
        {
            GraphReadResult.Read read => read.Graph,
            GraphReadResult.Refused refused => throw new GraphPatchException(refused.Message),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };
    }

    private static void Apply(JsonNode document, JsonObject operation)
    {
        var path = Text(operation, "path");
        switch (Text(operation, "op"))
        {
            case "add":
                Put(document, path, operation["value"]?.DeepClone(), insert: true);
                break;
            case "replace":
                Put(document, path, operation["value"]?.DeepClone(), insert: false);
                break;
            case "remove":
                Take(document, path);
                break;
            case "move":
                Put(document, path, Take(document, Text(operation, "from")), insert: true);
                break;
            case var other:
                throw new GraphPatchException($"There is no operation '{other}'.");
        }
    }

    private static void Put(JsonNode document, string path, JsonNode? value, bool insert)
    {
        var (parent, last) = Parent(document, path);
        if (parent is JsonObject fields) fields[last] = value;
        else if (parent is JsonArray list)
        {
            if (last == "-") list.Add(value);
            else if (insert) list.Insert(Index(last, list.Count + 1, path), value);
            else list[Index(last, list.Count, path)] = value;
        }
        else throw Nowhere(path);
    }

    private static JsonNode? Take(JsonNode document, string path)
    {
        var (parent, last) = Parent(document, path);
        if (parent is JsonObject fields && fields.TryGetPropertyValue(last, out var value))
        {
            fields.Remove(last);
            return value;
        }
        if (parent is not JsonArray list) throw Nowhere(path);
        var index = Index(last, list.Count, path);
        var taken = list[index];
        list.RemoveAt(index);
        return taken;
    }

    private static (JsonNode Parent, string Last) Parent(JsonNode document, string path)
    {
        var parts = Pointer.Parts(path);
        if (parts.Length == 0) throw Nowhere(path);
        JsonNode? at = document;
        foreach (var part in parts[..^1])
            at = at switch
            {
                JsonObject fields => fields[part],
                JsonArray list => list[Index(part, list.Count, path)],
                _ => throw Nowhere(path),
            };
        return (at ?? throw Nowhere(path), parts[^1]);
    }

    private static int Index(string part, int below, string path) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < below ? index : throw Nowhere(path);

    private static JsonObject Operation(string op, string path, JsonNode? value) => new() { ["op"] = op, ["path"] = path, ["value"] = value };

    private static string Text(JsonObject operation, string name) =>
        operation[name]?.GetValueKind() == JsonValueKind.String ? operation[name]!.GetValue<string>() : throw new GraphPatchException($"An operation has no '{name}'.");

    private static GraphPatchException Nowhere(string path) => new($"'{path}' is not in the document; it has changed since the problem was found.");
}

/// <summary>A patch does not fit the document.</summary>
public sealed class GraphPatchException(string message) : Exception(message);
