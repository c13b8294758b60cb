using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Tests.Graphs;

public sealed class GraphWriterTests
{
    [Fact]
    public void The_canonical_form_has_a_fixed_order_two_spaces_and_no_defaults()
    {
        var graph = PipelineFile.Graph(PipelineFile.Of(
            "{ 'settings': { 'zebra': 1, 'model': 'a/b', 'alpha': 2, 'prompt': 'Hi <b>é</b>', 'retry': { 'on': [], 'attempts': 2 } }, 'disabled': false, 'position': { 'y': 2.50, 'x': 1 }, 'kind': 'prompt', 'id': 'a', 'parent': null, 'stray': true }",
            "{ 'to': 'b', 'toPort': 'in', 'fromPort': 'out', 'from': 'a' }"));
        Assert.Equal("""
            {
              "schemaVersion": 1,
              "name": "P",
              "nodes": [
                {
                  "id": "a",
                  "kind": "prompt",
                  "position": {
                    "x": 1,
                    "y": 2.5
                  },
                  "settings": {
                    "prompt": "Hi <b>é</b>",
                    "model": "a/b",
                    "retry": {
                      "attempts": 2,
                      "on": []
                    },
                    "alpha": 2,
                    "zebra": 1
                  },
                  "stray": true
                }
              ],
              "edges": [
                {
                  "id": "e1",
                  "from": "a",
                  "to": "b"
                }
              ]
            }

            """.ReplaceLineEndings("\n"), PipelineFile.Written(graph));
    }

    [Fact]
    public void Unknown_properties_stay_until_a_person_removes_them()
    {
        var file = PipelineFile.Of("{ 'id': 'a', 'kind': 'text', 'position': { 'x': 0, 'y': 0, 'z': 5 }, 'a/b': 1 }", "{ 'id': 'e', 'from': 'a', 'to': 'a', 'color': 'red' }", ", 'folder': 'x', 'notes': [ { 'id': 'n', 'text': 't', 'size': { 'width': 5, 'height': 6, 'depth': 7 } } ]");
        var once = PipelineFile.Written(PipelineFile.Graph(file));
        foreach (var kept in new[] { "\"z\": 5", "\"a/b\": 1", "\"color\": \"red\"", "\"folder\": \"x\"", "\"depth\": 7" }) Assert.Contains(kept, once, StringComparison.Ordinal);
        Assert.Equal(once, PipelineFile.Written(PipelineFile.Graph(once)));
    }

    [Property(MaxTest = 300)]
    public Property Writing_reading_and_writing_again_changes_no_byte() => Prop.ForAll(Graphs(), graph =>
    {
        var once = GraphWriter.Write(graph);
        var read = Assert.IsType<GraphReadResult.Read>(GraphReader.Read(once));
        return once.AsSpan().SequenceEqual(GraphWriter.Write(read.Graph));
    });

    private static Arbitrary<Graph> Graphs()
    {
        var text = ArbMap.Default.GeneratorFor<UnicodeText>().Select(made => made.Value);
        var number = ArbMap.Default.GeneratorFor<NormalFloat>().Select(made => made.Get);
        var leaf = Gen.OneOf(text.Select(made => JsonSerializer.SerializeToElement(made)), number.Select(made => JsonSerializer.SerializeToElement(made)), Gen.Constant(JsonSerializer.SerializeToElement<object?>(null)));
        var names = Gen.Elements("prompt", "model", "retry", "fields", "cases", "zebra", "Alpha", "when", "ünïcode", "a/b~c");
        var settings = Gen.Zip(names, Gen.OneOf(leaf, leaf.ListOf(3).Select(list => JsonSerializer.SerializeToElement(list)),
            Gen.Zip(names, leaf).ListOf(4).Select(pairs => JsonSerializer.SerializeToElement(pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2))))).ListOf(5)
            .Select(pairs => JsonSerializer.SerializeToElement(pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2)));
        var ids = Gen.Elements("a", "b", "c", "d");
        var node = from id in ids
                   from kind in Gen.Elements("prompt", "switch", "input", "martian", "approval")
                   from name in text
                   from x in number
                   from given in settings
                   from disabled in Gen.Elements(true, false)
                   select new GraphNode { Id = id, Kind = kind, Name = name.Trim() is { Length: > 0 } trimmed ? trimmed : null, Position = new Point(Math.Clamp(x, -100_000, 100_000) + 0.0, 7), Disabled = disabled, Settings = given };
        var edge = from start in ids
                   from end in ids
                   from port in Gen.Elements("out", "error", "x")
                   select new GraphEdge { From = start, To = end, FromPort = port };
        var graph = from name in text
                    from nodes in node.ListOf()
                    from edges in edge.ListOf()
                    select new Graph { Name = name.Trim(), Nodes = nodes, Edges = [.. edges.Select((one, index) => one with { Id = $"x{index}" })] };
        return graph.ToArbitrary();
    }

    /// <summary>Text without lone surrogates, which no file may hold.</summary>
    public sealed record UnicodeText(NonNull<string> Raw)
    {
        public string Value => string.Concat(Raw.Get.EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
    }
}
