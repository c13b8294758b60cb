using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Tests.Graphs;

public sealed class GraphIndexTests
{
    private static readonly Graph Nested = PipelineFile.Graph(WrongPipeline.Of(
        """
        { 'id': 'each', 'kind': 'forEach', 'settings': { 'items': 'start.list', 'result': 'b' } },
        { 'id': 'b', 'kind': 'text', 'parent': 'each', 'settings': { 'template': '{{ a }}{{ item }}{{ before }}' } },
        { 'id': 'a', 'kind': 'text', 'parent': 'each', 'settings': { 'template': 'x' } },
        { 'id': 'before', 'kind': 'text', 'settings': { 'template': 'x' } },
        { 'id': 'after', 'kind': 'text', 'settings': { 'template': '{{ each }}' } }
        """, "start-before, before-each, a-b, each-after, after-done"));

    [Fact]
    public void Each_scope_has_its_nodes_in_order()
    {
        var index = GraphIndex.Of(Nested);
        Assert.Equal(["start", "before", "each", "after", "done"], index.NodesIn(null).Select(node => node.Id));
        Assert.Equal(["a", "b"], index.NodesIn("each").Select(node => node.Id));
        Assert.Equal((0, 1, 4, "each", null), (index.RankOf("a"), index.RankOf("b"), index.RankOf("done"), index.ScopeOf("a"), index.ScopeOf("each")));
        Assert.Equal(["before"], index.EdgesInto("each").Select(edge => edge.From));
        Assert.Equal(["after"], index.EdgesOutOf("each").Select(edge => edge.To));
    }

    [Fact]
    public void What_lies_inside_has_everything_before_its_container_upstream()
    {
        var index = GraphIndex.Of(Nested);
        Assert.Equal(["start", "a", "before"], index.UpstreamOf("b").Select(node => node.Id));
        Assert.Equal(["start", "each", "before"], index.UpstreamOf("after").Select(node => node.Id));
        Assert.Equal(["after", "done"], index.DownstreamOf("each").Select(node => node.Id));
        Assert.True(index.IsUpstream("before", "a"));
        Assert.False(index.IsUpstream("a", "after"));
        Assert.Contains("item", index.BareNames("b"));
        Assert.DoesNotContain("item", index.BareNames("after"));
    }

    [Property(MaxTest = 100)]
    public Property In_every_graph_what_is_waited_for_stands_before() => Prop.ForAll(Drawings(), drawing =>
    {
        var graph = Draw(drawing);
        var index = GraphIndex.Of(graph);
        var order = index.NodesIn(null).Select(node => node.Id).ToList();
        return order.Count == graph.Nodes.Count && graph.Edges.All(edge => order.IndexOf(edge.From) < order.IndexOf(edge.To) && index.RankOf(edge.From) < index.RankOf(edge.To) && index.IsUpstream(edge.From, edge.To));
    });

    [Property(MaxTest = 200)]
    public Property A_warning_about_skipping_is_there_exactly_where_some_choice_skips() => Prop.ForAll(Drawings(), drawing =>
    {
        var graph = Draw(drawing);
        var warned = GraphCheck.Check(graph, NodeCatalog.Standard, GraphFacts.None).Where(problem => problem.Code == "may_be_skipped").Select(problem => problem.Message.Split('\'')[1]).ToHashSet();
        var skipped = SkippedBeforeTheEnd(graph);
        return warned.SetEquals(skipped).Label($"warned {string.Join(',', warned)}; skipped {string.Join(',', skipped)}");
    });

    /// <summary>Tries every choice of ports: the nodes on a way to the last that some choice skips while the last runs.</summary>
    private static HashSet<string> SkippedBeforeTheEnd(Graph graph)
    {
        var last = graph.Nodes[^1].Id;
        var upstream = GraphIndex.Of(graph).UpstreamOf(last).Select(node => node.Id).ToHashSet();
        var switches = graph.Nodes.Where(node => node.Kind == "switch").Select(node => node.Id).ToList();
        var found = new HashSet<string>();
        for (var choice = 0; choice < 1 << switches.Count; choice++)
        {
            var runs = new HashSet<string>();
            foreach (var node in graph.Nodes)
                if (node.Kind == "input" || graph.Edges.Any(edge => edge.To == node.Id && runs.Contains(edge.From)
                    && (!switches.Contains(edge.From) || edge.FromPort == ((choice >> switches.IndexOf(edge.From) & 1) == 1 ? "x" : "else")))) runs.Add(node.Id);
            if (runs.Contains(last)) found.UnionWith(upstream.Where(id => !runs.Contains(id)));
        }
        return found;
    }

    private static Arbitrary<int[]> Drawings() => Gen.Choose(0, 1_000_000).ArrayOf(24).ToArbitrary();

    /// <summary>An acyclic graph from random numbers: an input, up to seven texts and switches, and a last text that reads all of them that are upstream.</summary>
    private static Graph Draw(int[] numbers)
    {
        var kinds = numbers.Take(7).Select(number => number % 2 == 0 ? "text" : "switch").ToList();
        var ids = Enumerable.Range(0, kinds.Count).Select(n => $"n{n}").ToList();
        var edges = new List<string>();
        for (var n = 0; n <= kinds.Count; n++)
        {
            var to = n == kinds.Count ? "end" : ids[n];
            for (var part = 0; part < 2; part++)
            {
                var from = numbers[7 + n * 2 + part] % (n + 1) - 1;
                var port = from >= 0 && kinds[from] == "switch" ? numbers[7 + n * 2 + part] / 7 % 2 == 0 ? ".x" : ".else" : "";
                var edge = $"{(from < 0 ? "start" : ids[from])}{port}-{to}";
                if (!edges.Contains(edge)) edges.Add(edge);
            }
        }
        var nodes = ids.Select((id, n) => kinds[n] == "text" ? $$"""{ 'id': '{{id}}', 'kind': 'text', 'settings': { 'template': 'x' } }"""
            : $$"""{ 'id': '{{id}}', 'kind': 'switch', 'settings': { 'cases': [ { 'port': 'x', 'when': { 'all': [ { 'left': 'start.n', 'op': 'equals', 'right': {{n}} } ] } } ] } }""");
        string File(string reads) => WrongPipeline.Of($$"""{{string.Join(",", nodes)}}, { 'id': 'end', 'kind': 'text', 'settings': { 'template': 'x{{reads}}' } }""", string.Join(",", edges));
        var upstream = GraphIndex.Of(PipelineFile.Graph(File(""))).UpstreamOf("end").Where(node => node.Id != "start");
        var read = string.Concat(upstream.Select(node => $"{{{{ {node.Id} }}}}"));
        var graph = PipelineFile.Graph(File(read));
        return graph with { Nodes = [.. graph.Nodes.Where(node => node.Id != "done")] };
    }
}
