using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Tests.Graphs;

public sealed class GraphCheckTests
{
    private static readonly GraphFacts Facts = new()
    {
        IsKnownModel = model => model is "practice/practice" or "openai/gpt-4.1",
        ReviewerExists = mail => mail == "ana@example.org",
    };

    public static TheoryData<string> Rules => [.. WrongPipeline.All.Select(row => row.Rule)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Each_wrong_pipeline_has_exactly_its_problems(string rule)
    {
        var row = WrongPipeline.All.Single(one => one.Rule == rule);
        var problems = Check(PipelineFile.Graph(row.Json));
        var said = problems.Select(problem => $"{problem.Code} {problem.Node ?? "-"} {problem.Path}{(problem.Fix is null ? "" : " fix")}{(problem.IsWarning ? " warning" : "")}");
        Assert.Equal(row.Problems.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
        Assert.All(problems, problem => Assert.Matches(@"^\S.*[.?:}]$", problem.Message.ReplaceLineEndings(" ")));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Each_fix_makes_its_problem_disappear(string rule)
    {
        var graph = PipelineFile.Graph(WrongPipeline.All.Single(one => one.Rule == rule).Json);
        foreach (var problem in Check(graph).Where(problem => problem.Fix is not null))
        {
            var mended = GraphPatch.Apply(graph, problem.Fix!.Patch);
            Assert.DoesNotContain(Check(mended), left => left.Code == problem.Code && left.Path == problem.Path && left.Message == problem.Message);
            // The patch fits the file as it was sent, too, not only the canonical form.
            Assert.All(problem.Fix.Patch, operation => Assert.StartsWith("/", operation!["path"]!.GetValue<string>(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_example_of_the_contract_is_right()
    {
        var graph = PipelineFile.Graph(File.ReadAllText(PipelineFile.Beside("support-triage.json")));
        Assert.Empty(Check(graph));
    }

    [Fact]
    public void Fixes_of_a_template_change_nothing_else()
    {
        Assert.Equal("Hi {{ start.text }} and {{ start.text | upcase }}", Fixed("A name is misspelt", "/nodes/2/settings/template"));
        Assert.Equal("Hi\n{{ start.text }}", Fixed("A field is misspelt", "/nodes/2/settings/template"));
        Assert.Equal("Hi {{ a | default: '' }} and {{- a | default: '' | upcase }}", Fixed("A branch that was not taken is read after the join", "/nodes/4/settings/template"));
        Assert.Equal("{{ a | default: '' }}", Fixed("A bare path reads a branch that was not taken", "/nodes/1/settings/fields/0/value"));
    }

    [Theory]
    [InlineData("'{{ s.port }}{{ start.text }}'", "start-s, s.x-a, a-b, s.else-b, b-done")]
    [InlineData("'{{ a }}'", "start-s, s.x-a, s.else-a, a-b, b-done")]
    [InlineData("'{{ a }}'", "start-s, start-a, s.x-b, a-b, b-done")]
    [InlineData("'{{ a }}'", "start-s, s.x-a, a-b, b-done, s.else-done")]
    [InlineData("'{{ a | default: `` }}'", "start-s, s.x-a, a-b, s.else-b, b-done")]
    [InlineData("'{% if a %}{{ a }}{% endif %}'", "start-s, s.x-a, a-b, s.else-b, b-done")]
    public void What_cannot_have_been_skipped_is_no_warning(string template, string edges)
    {
        var file = $$"""
            { 'id': 's', 'kind': 'switch', 'settings': { 'cases': [ { 'port': 'x', 'when': { 'all': [ { 'left': 'start.n', 'op': 'equals', 'right': 1 } ] } } ] } },
            { 'id': 'a', 'kind': 'text', 'settings': { 'template': 'x' } }, { 'id': 'b', 'kind': 'text', 'settings': { 'template': {{template}} } }
            """;
        Assert.Empty(Check(PipelineFile.Graph(WrongPipeline.Of(file, edges))));
    }

    private static IReadOnlyList<Problem> Check(Graph graph) => GraphCheck.Check(graph, NodeCatalog.Standard, Facts);

    private static string Fixed(string rule, string pointer)
    {
        var graph = PipelineFile.Graph(WrongPipeline.All.Single(one => one.Rule == rule).Json);
        JsonNode? at = JsonNode.Parse(PipelineFile.Written(GraphPatch.Apply(graph, Check(graph).Single(problem => problem.Fix is not null).Fix!.Patch)));
        foreach (var part in Pointer.Parts(pointer)) at = at is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : at![part];
        return at!.GetValue<string>();
    }
}
