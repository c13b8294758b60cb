namespace PromptDesigner.Runtime.Tests.Graphs;

/// <summary>One row of <c>wrong-pipelines.txt</c>.</summary>
public sealed record WrongPipeline(string Rule, string Json, IReadOnlyList<string> Problems)
{
    private const string Start = """{ "id": "start", "kind": "input", "settings": { "fields": [ { "name": "text", "type": "text", "required": true }, { "name": "list", "type": "list", "required": true }, { "name": "n", "type": "number", "required": true }, { "name": "data", "type": "json", "required": true } ] } }""";
    private const string Done = """{ "id": "done", "kind": "output", "settings": { "fields": [ { "name": "result", "value": 1 } ] } }""";

    public static IReadOnlyList<WrongPipeline> All { get; } = [.. Read()];

    /// <summary>A file with an input, an output, and these nodes and edges in the short form of the table.</summary>
    public static string Of(string nodes, string edges) =>
        $$"""{ "schemaVersion": 1, "name": "P", "nodes": [ {{Start}}, {{Done}}{{(nodes.Length == 0 ? "" : ", ")}}{{Quoted(nodes)}} ], "edges": [ {{string.Join(", ", edges.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Edge))}} ] }""";

    private static IEnumerable<WrongPipeline> Read()
    {
        var rows = File.ReadAllText(PipelineFile.Beside("wrong-pipelines.txt")).ReplaceLineEndings("\n").Split("\n= ")[1..];
        foreach (var row in rows)
        {
            var lines = row.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var nodes = string.Join(", ", lines.Where(line => line.StartsWith('+')).Select(line => line[1..]));
            var edges = string.Join(", ", lines.Where(line => line.StartsWith('>')).Select(line => line[1..]));
            var whole = lines.FirstOrDefault(line => line.StartsWith('~'));
            var file = whole is not null ? Quoted(whole[1..]) : Of(nodes, edges);
            yield return new WrongPipeline(lines[0], file, [.. lines.Where(line => line.StartsWith('!')).Select(line => line[1..].Trim())]);
        }
    }

    private static string Edge(string edge)
    {
        var (from, to) = (edge[..edge.IndexOf('-', StringComparison.Ordinal)], edge[(edge.IndexOf('-', StringComparison.Ordinal) + 1)..]);
        var port = from.IndexOf('.', StringComparison.Ordinal);
        return port < 0 ? $$"""{ "from": "{{from}}", "to": "{{to}}" }""" : $$"""{ "from": "{{from[..port]}}", "fromPort": "{{from[(port + 1)..]}}", "to": "{{to}}" }""";
    }

    private static string Quoted(string text) => text.Trim().Replace('\'', '"').Replace('`', '\'');
}
