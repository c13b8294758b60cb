using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Tests.Graphs;

/// <summary>Measured alone: beside other tests the clock measures those.</summary>
[CollectionDefinition(nameof(GraphCheckTimeTests), DisableParallelization = true)]
[Collection(nameof(GraphCheckTimeTests))]
public sealed class GraphCheckTimeTests
{
    [Fact]
    public void A_large_graph_is_checked_within_a_second()
    {
        // 660 diamonds in a row: each decides, does one of two things, and joins again.
        var nodes = new List<string>();
        var edges = new List<string>();
        var before = "start";
        for (var n = 0; n < 660; n++)
        {
            nodes.Add($$"""{ 'id': 's{{n}}', 'kind': 'switch', 'settings': { 'cases': [ { 'port': 'x', 'when': { 'all': [ { 'left': 'start.n', 'op': 'equals', 'right': {{n}} } ] } } ] } }""");
            nodes.Add($$$"""{ 'id': 'a{{{n}}}', 'kind': 'text', 'settings': { 'template': '{{ start.text }}' } }""");
            nodes.Add($$$"""{ 'id': 'j{{{n}}}', 'kind': 'text', 'settings': { 'template': '{{ a{{{n}}} }}{{ s{{{n}}}.port }}{{ start.text }}' } }""");
            edges.Add($"{before}-s{n}, s{n}.x-a{n}, a{n}-j{n}, s{n}.else-j{n}");
            before = $"j{n}";
        }
        var graph = PipelineFile.Graph(WrongPipeline.Of(string.Join(",", nodes), string.Join(",", edges.Append($"{before}-done"))));
        var problems = Quick(graph);
        Assert.Equal(660, problems.Count);
        Assert.All(problems, problem => Assert.Equal("may_be_skipped", problem.Code));
    }

    [Fact]
    public void Files_made_to_be_slow_are_answered_within_a_second()
    {
        static string Node(int n, string template = "x", string more = "") => $$"""{ 'id': 'n{{n}}', 'kind': 'text', 'settings': { 'template': '{{template}}' }{{more}} }""";
        static Graph Made(IEnumerable<string> nodes, IEnumerable<string> edges) => PipelineFile.Graph(WrongPipeline.Of(string.Join(",", nodes), string.Join(",", edges)));
        var ids = Enumerable.Range(0, 1_990).ToList();
        // Every node leads to fifty others.
        Quick(Made(ids.Select(n => Node(n)), ids.SelectMany(n => Enumerable.Range(n + 1, 50).Where(to => to < 1_990).Select(to => $"n{n}-n{to}"))));
        // One knot.
        Quick(Made(ids.Select(n => Node(n)), ids.SelectMany(n => Enumerable.Range(1, 20).Select(step => $"n{n}-n{(n * 7 + step) % 1_990}"))));
        // A hundred thousand edges to nowhere.
        Quick(Made([Node(1)], Enumerable.Range(0, 100_000).Select(n => $"n1-x{n}")));
        // Containers in containers in containers.
        Quick(Made(ids.Select(n => $$"""{ 'id': 'n{{n}}', 'kind': 'forEach', 'settings': { 'items': 'item', 'result': 'n{{n + 1}}' }{{(n == 0 ? "" : $", 'parent': 'n{n - 1}'")}} }"""), []));
        // Names that are nobody's, two megabytes of them.
        Quick(Made(ids.Take(20).Select(n => Node(n, string.Concat(Enumerable.Range(0, 7_000).Select(at => $"{{{{ m{at:00000}x }}}}")))), ids.Take(20).Select(n => $"start-n{n}")));
    }

    private static IReadOnlyList<Problem> Quick(Graph graph)
    {
        // Quadratic in these sizes takes minutes; a quiet machine takes less than a second.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var problems = GraphCheck.Check(graph, NodeCatalog.Standard, GraphFacts.None);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed} for {problems.Count} problems, first {problems.FirstOrDefault()}");
        return problems;
    }
}
