using System.Text;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Tests.Graphs;

public sealed class GraphReaderTests
{
    private const string Least = """{ "schemaVersion": 1, "name": "P", "nodes": [], "edges": [] }""";

    [Theory]
    [InlineData("", "not_json", "The file is empty.")]
    [InlineData("  \n ", "not_json", "The file is empty.")]
    [InlineData("<html></html>", "not_json", "expected JSON). Line 1.")]
    [InlineData("name: x\nnodes: []", "not_json", "expected JSON). Line 1.")]
    [InlineData("{ \"schemaVersion\": 1,\n \"name\": \"P\",\n \"nod", "not_json", "ends in the middle (line 3)")]
    [InlineData("{ \"schemaVersion\": 1,\n", "not_json", "ends in the middle (line 2)")]
    [InlineData("{", "not_json", "ends in the middle (line 1)")]
    [InlineData("{ \"schemaVersion\": 1,\n \"name\": 'P' }", "not_json", "Line 2")]
    [InlineData("{ \"a\": 1,\n}", "not_json", "Line 2 is not JSON: there is a comma too many.")]
    [InlineData("{ \"a\": 1 // one\n}", "not_json", "comments are not allowed")]
    [InlineData("{ \"a\": NaN }", "not_json", "numbers must be finite")]
    [InlineData("{ } { }", "not_json", "Line 1")]
    [InlineData("{ \"a\": 1e400 }", "unreadable", "Line 1 contains a number that is too large.")]
    [InlineData("{ \"a\": 1,\n \"b\": 2,\n \"a\": 3 }", "unreadable", "Line 3: 'a' is given twice.")]
    [InlineData("{ \"a\": 1, \"\\u0061\": 3 }", "unreadable", "Line 1: 'a' is given twice.")]
    [InlineData("{\n \"name\": \"\\uD800\" }", "unreadable", "Line 2 contains a broken character.")]
    [InlineData("[]", "unreadable", "JSON object")]
    [InlineData("null", "unreadable", "JSON object")]
    [InlineData("\"text\"", "unreadable", "JSON object")]
    [InlineData("""{ "name": "P", "nodes": [], "edges": [] }""", "unreadable", "The file has no \"schemaVersion\": a pipeline file begins with { \"schemaVersion\": 1, \"name\": …")]
    [InlineData("""{ "pipeline": { "schemaVersion": 1, "name": "P", "nodes": [], "edges": [] } }""", "unreadable", "'nodes' was found inside 'pipeline': what is in there belongs at the top level.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "graph": { "nodes": [], "edges": [] } }""", "unreadable", "The file has no 'nodes'; it stands at the top level")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "graph": { "nodes": [], "edges": [] } }""", "unreadable", "'nodes' was found inside 'graph'")]
    [InlineData("""{ "schemaVersion": -1, "name": "P", "nodes": [], "edges": [] }""", "unreadable", "format version")]
    [InlineData("""{ "schemaVersion": "1", "name": "P", "nodes": [], "edges": [] }""", "unreadable", "format version")]
    [InlineData("""{ "schemaVersion": 1.5, "name": "P", "nodes": [], "edges": [] }""", "unreadable", "\"schemaVersion\" is 1.5: the format version must be a whole number")]
    [InlineData("""{ "schemaVersion": null, "name": "P", "nodes": [], "edges": [] }""", "unreadable", "format version")]
    [InlineData("""{ "schemaVersion": 99, "name": "P", "nodes": [], "edges": [] }""", "newer_schema", "(format 99; this server reads format 1)")]
    [InlineData("""{ "schemaVersion": 1, "nodes": [], "edges": [] }""", "unreadable", "has no 'name'")]
    [InlineData("""{ "schemaVersion": 1, "name": null, "nodes": [], "edges": [] }""", "unreadable", "Name of the file must be text.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": {}, "edges": [] }""", "unreadable", "Nodes must be a list.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": null, "edges": [] }""", "unreadable", "Nodes must be a list.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [] }""", "unreadable", "has no 'edges'")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [null], "edges": [] }""", "unreadable", "Node 1 must be an object.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [{ "kind": "text" }], "edges": [] }""", "unreadable", "Node 1 has no 'id'.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [{ "id": "a" }], "edges": [] }""", "unreadable", "Node 'a' has no 'kind'.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [{ "id": "a", "kind": "text", "name": "Sum", "position": { "x": "left" } }], "edges": [] }""", "unreadable", "Position x of 'Sum' must be a number.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [{ "id": "a", "kind": "text", "disabled": "yes" }], "edges": [] }""", "unreadable", "must be true or false")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [{ "id": "a", "kind": "text", "parent": 5 }], "edges": [] }""", "unreadable", "Parent of node 'a' must be text.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [], "edges": [{ "from": "a" }] }""", "unreadable", "Edge 1 has no 'to'.")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [], "edges": [{ "from": "a", "to": 5 }] }""", "unreadable", "must be text")]
    [InlineData("""{ "schemaVersion": 1, "name": "P", "nodes": [], "edges": [], "notes": "x" }""", "unreadable", "Notes must be a list.")]
    public void What_is_no_pipeline_file_is_refused_with_a_sentence(string file, string code, string says)
    {
        var refusal = PipelineFile.Refusal(file);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Utf8_with_a_mark_and_utf16_with_and_without_are_read()
    {
        Encoding[] encodings = [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true)];
        foreach (var encoding in encodings)
        {
            Assert.IsType<GraphReadResult.Read>(GraphReader.Read(encoding.GetPreamble().Concat(encoding.GetBytes(Least)).ToArray()));
            Assert.IsType<GraphReadResult.Read>(GraphReader.Read(encoding.GetBytes(Least)));
        }
    }

    [Fact]
    public void Other_encodings_and_pictures_are_told_apart()
    {
        var latin = Assert.IsType<GraphReadResult.Refused>(GraphReader.Read(Encoding.Latin1.GetBytes(Least.Replace("\"P\"", "\"Prüfung\"", StringComparison.Ordinal))));
        Assert.Contains("not UTF-8", latin.Message, StringComparison.Ordinal);
        var picture = Assert.IsType<GraphReadResult.Refused>(GraphReader.Read(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0xFF, 0xD8 }));
        Assert.Equal("not_json", picture.Code);
        Assert.Contains("expected JSON", picture.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, "unreadable")]
    [InlineData(70, "unreadable")]
    [InlineData(100_000, "unreadable")]
    public void Nesting_has_a_limit(int levels, string? code)
    {
        // The file itself, its nodes, a node and its settings are four levels.
        var file = PipelineFile.Of($"{{ 'id': 'a', 'kind': 'text', 'settings': {{ 'x': {new string('[', levels - 4)}{new string(']', levels - 4)} }} }}");
        var result = PipelineFile.Read(file);
        Assert.Equal(code, (result as GraphReadResult.Refused)?.Code);
        if (code is not null) Assert.Equal("The file is nested too deeply (limit 64).", ((GraphReadResult.Refused)result).Message);
    }

    [Fact]
    public void Files_over_five_megabytes_and_over_two_thousand_nodes_are_refused()
    {
        var large = Assert.IsType<GraphReadResult.Refused>(GraphReader.Read(new byte[60 * 1024 * 1024]));
        Assert.Equal(("too_large", "Pipeline files may be 5 MB at most; this one has 60 MB."), (large.Code, large.Message));
        var many = PipelineFile.Refusal(PipelineFile.Of(string.Join(',', Enumerable.Range(0, 10_000).Select(n => $"{{ 'id': 'n{n}', 'kind': 'text' }}"))));
        Assert.Equal(("limit", "A pipeline may have 2,000 nodes; this one has 10,000."), (many.Code, many.Message));
    }

    [Fact]
    public void Positions_come_back_and_names_are_trimmed()
    {
        var graph = PipelineFile.Graph(PipelineFile.Of("{ 'id': 'a', 'kind': 'text', 'name': '  Sum  ', 'position': { 'x': 1e308, 'y': -1e9 } }, { 'id': 'b', 'kind': 'text', 'name': '   ' }"));
        Assert.Equal(new Point(100_000, -100_000), graph.Nodes[0].Position);
        Assert.Equal("Sum", graph.Nodes[0].Name);
        Assert.Null(graph.Nodes[1].Name);
    }

    [Fact]
    public void Edges_get_ids_where_they_have_none_or_share_one()
    {
        var graph = PipelineFile.Graph(PipelineFile.Of("", "{ 'id': 'e1', 'from': 'a', 'to': 'b' }, { 'id': 'e1', 'from': 'a', 'to': 'c' }, { 'from': 'a', 'to': 'd' }"));
        Assert.Equal(["e1", "e2", "e3"], graph.Edges.Select(edge => edge.Id));
    }

    [Fact]
    public void Keys_are_taken_out_before_anything_is_stored()
    {
        var read = Assert.IsType<GraphReadResult.Read>(PipelineFile.Read(PipelineFile.Of(
            "{ 'id': 'a', 'kind': 'prompt', 'settings': { 'apiKey': 'sk-1', 'prompt': 'Use sk-abcdefghijklmnopqrstuvwx please' }, 'token': 'ghp_abcdefghijklmnopqrstuvwxyz0123456789' }")));
        var written = PipelineFile.Written(read.Graph);
        Assert.DoesNotContain("sk-", written, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_", written, StringComparison.Ordinal);
        Assert.Contains("Use [key removed] please", written, StringComparison.Ordinal);
        Assert.Single(read.Notes);
    }
}
