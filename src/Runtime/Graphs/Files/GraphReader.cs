using System.Globalization;
using System.Text.Json;

namespace PromptDesigner.Runtime.Graphs.Files;

/// <summary>Reads pipeline files. Refuses what is none; everything else becomes a document, however wrong, so that a person can mend it.</summary>
public static class GraphReader
{
    /// <summary>Most nodes of a document.</summary>
    public const int MostNodes = 2_000;

    private const string Shape = """{ "schemaVersion": 1, "name": …, "nodes": […], "edges": […] }""";

    /// <summary>Reads a file in UTF-8 or UTF-16, with or without a byte order mark.</summary>
    public static GraphReadResult Read(ReadOnlyMemory<byte> utf8OrUtf16)
    {
        try
        {
            return Read(StrictJson.Parse(utf8OrUtf16));
        }
        catch (GraphRefusedException refused)
        {
            return refused.Refusal;
        }
    }

    private static GraphReadResult Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new GraphRefusedException("unreadable", "A pipeline file is a JSON object with 'schemaVersion', 'name', 'nodes' and 'edges'.");
        var notes = new List<string>();
        var file = new GraphObject(root, "", "the file");
        CheckVersion(file, root);
        foreach (var part in (string[])["name", "nodes", "edges"])
            if (!root.TryGetProperty(part, out _)) throw new GraphRefusedException("unreadable", $"The file has no '{part}'; it stands at the top level: {Shape}.{Inside(root)}", path: "/" + part);
        var name = file.RequiredText("name").Trim();
        var description = file.Text("description");
        var nodes = file.RequiredList("nodes");
        if (nodes.GetArrayLength() > MostNodes)
            throw new GraphRefusedException("limit", string.Create(CultureInfo.InvariantCulture,
                $"A pipeline may have {MostNodes:N0} nodes; this one has {nodes.GetArrayLength():N0}."), path: "/nodes");
        var graph = new Graph
        {
            Name = name,
            Description = description,
            Nodes = [.. nodes.EnumerateArray().Select((node, index) => ReadNode(new GraphObject(node, Pointer.Of("nodes", index), $"node {index + 1}"), notes))],
            Edges = WithIds([.. file.RequiredList("edges").EnumerateArray().Select((edge, index) => ReadEdge(new GraphObject(edge, Pointer.Of("edges", index), $"edge {index + 1}")))], notes),
            Notes = WithIds([.. file.List("notes").Select((note, index) => ReadNote(new GraphObject(note, Pointer.Of("notes", index), $"note {index + 1}"), notes))]),
            Unknown = file.Rest(),
        };
        return new GraphReadResult.Read(Secrets.Remove(graph, notes), notes);
    }

    /// <summary>Says where the parts of a pipeline were found that stands inside of something; empty: nowhere.</summary>
    private static string Inside(JsonElement root)
    {
        foreach (var within in (string[])["graph", "pipeline"])
            foreach (var part in (string[])["nodes", "edges"])
                if (root.TryGetProperty(within, out var inner) && inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty(part, out _))
                    return $" '{part}' was found inside '{within}': what is in there belongs at the top level.";
        return "";
    }

    private static void CheckVersion(GraphObject file, JsonElement root)
    {
        var given = file.Take("schemaVersion");
        if (given.ValueKind == JsonValueKind.Undefined)
            throw new GraphRefusedException("unreadable", $"The file has no \"schemaVersion\": a pipeline file begins with {Shape}.{Inside(root)}", path: "/schemaVersion");
        if (given.ValueKind != JsonValueKind.Number || !given.TryGetDouble(out var version) || version < 1 || version != Math.Floor(version))
            throw new GraphRefusedException("unreadable", $"\"schemaVersion\" is {Cut(given.GetRawText())}: the format version must be a whole number, such as {Graph.CurrentSchemaVersion}.", path: "/schemaVersion");
        if (version > Graph.CurrentSchemaVersion)
            throw new GraphRefusedException("newer_schema", string.Create(CultureInfo.InvariantCulture,
                $"Made by a newer PromptDesigner (format {version:0}; this server reads format {Graph.CurrentSchemaVersion})."), path: "/schemaVersion");
    }

    private static string Cut(string json) => json.Length <= 40 ? json : json[..39] + "…";

    private static GraphNode ReadNode(GraphObject node, List<string> notes)
    {
        var id = node.RequiredText("id");
        node.Called = node.PeekText("name") is { Length: > 0 } called ? $"'{called}'" : $"node '{id}'";
        var kind = node.RequiredText("kind");
        var name = node.Text("name")?.Trim();
        return new GraphNode
        {
            Id = id,
            Kind = kind,
            Name = string.IsNullOrEmpty(name) ? null : name,
            Parent = node.Text("parent"),
            Position = node.Point(notes),
            Size = node.Size(),
            Disabled = node.Flag("disabled"),
            Settings = node.Take("settings"),
            Unknown = node.Rest(),
        };
    }

    private static GraphEdge ReadEdge(GraphObject edge) => new()
    {
        Id = edge.Text("id"),
        From = edge.RequiredText("from"),
        FromPort = edge.Text("fromPort") ?? "out",
        To = edge.RequiredText("to"),
        ToPort = edge.Text("toPort") ?? "in",
        Unknown = edge.Rest(),
    };

    private static GraphNote ReadNote(GraphObject note, List<string> notes) => new()
    {
        Id = note.Text("id") ?? "",
        Text = note.Text("text") ?? "",
        Position = note.Point(notes),
        Size = note.Size(),
        Unknown = note.Rest(),
    };

    private static List<GraphEdge> WithIds(List<GraphEdge> edges, List<string> notes)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var kept = edges.ConvertAll(edge => !string.IsNullOrWhiteSpace(edge.Id) && taken.Add(edge.Id) ? edge : edge with { Id = null });
        if (edges.Zip(kept).Any(pair => pair.First.Id is not null && pair.Second.Id is null)) notes.Add("Two connections had the same id; their ids were made anew.");
        var next = 0;
        return kept.ConvertAll(edge => edge.Id is null ? edge with { Id = Free("e", taken, ref next) } : edge);
    }

    private static List<GraphNote> WithIds(List<GraphNote> drawn)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var kept = drawn.ConvertAll(note => note.Id.Length > 0 && taken.Add(note.Id) ? note : note with { Id = "" });
        var next = 0;
        return kept.ConvertAll(note => note.Id.Length == 0 ? note with { Id = Free("n", taken, ref next) } : note);
    }

    private static string Free(string prefix, HashSet<string> taken, ref int next)
    {
        string id;
        do id = prefix + (++next).ToString(CultureInfo.InvariantCulture);
        while (!taken.Add(id));
        return id;
    }
}
