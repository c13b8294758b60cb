using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Graphs;

public sealed class ConditionTests
{
    private const string Data = """{ "text": "Hello World", "zero": 0, "one": 1.0, "list": ["a", 2], "yes": true, "no": false, "nothing": null, "blank": "", "bare": [], "object": { "a": 1 } }""";

    [Theory]
    [InlineData("text", "equals", "\"Hello World\"", true)]
    [InlineData("text", "equals", "\"hello world\"", false)]
    [InlineData("one", "equals", "1", true)]
    [InlineData("one", "equals", "\"1\"", false)]
    [InlineData("object", "equals", "{\"a\":1.0}", true)]
    [InlineData("one", "notEquals", "\"1\"", true)]
    [InlineData("missing", "equals", "null", false)]
    [InlineData("nothing", "notEquals", "5", true)]
    [InlineData("text", "contains", "\"World\"", true)]
    [InlineData("list", "contains", "2", true)]
    [InlineData("list", "contains", "\"2\"", false)]
    [InlineData("one", "contains", "1", false)]
    [InlineData("missing", "notContains", "\"x\"", true)]
    [InlineData("text", "notContains", "\"World\"", false)]
    [InlineData("text", "startsWith", "\"Hell\"", true)]
    [InlineData("text", "startsWith", "\"hell\"", false)]
    [InlineData("text", "endsWith", "\"World\"", true)]
    [InlineData("one", "endsWith", "\"1\"", false)]
    [InlineData("text", "matches", "\"^H.*d$\"", true)]
    [InlineData("missing", "matches", "\".*\"", false)]
    [InlineData("one", "greaterThan", "0.5", true)]
    [InlineData("one", "greaterThan", "\"0\"", false)]
    [InlineData("one", "greaterOrEqual", "1", true)]
    [InlineData("zero", "lessThan", "1", true)]
    [InlineData("missing", "lessThan", "1", false)]
    [InlineData("one", "lessOrEqual", "0.99", false)]
    [InlineData("text", "lessThan", "\"I\"", true)]
    [InlineData("missing", "isEmpty", null, true)]
    [InlineData("blank", "isEmpty", null, true)]
    [InlineData("bare", "isEmpty", null, true)]
    [InlineData("zero", "isEmpty", null, false)]
    [InlineData("no", "isEmpty", null, false)]
    [InlineData("missing", "isNotEmpty", null, false)]
    [InlineData("list", "isNotEmpty", null, true)]
    [InlineData("yes", "isTrue", null, true)]
    [InlineData("one", "isTrue", null, false)]
    [InlineData("no", "isFalse", null, true)]
    [InlineData("missing", "isFalse", null, false)]
    [InlineData("nothing", "isFalse", null, false)]
    [InlineData("one", "in", "[\"1\", 1]", true)]
    [InlineData("one", "in", "[\"1\"]", false)]
    [InlineData("missing", "in", "[null]", false)]
    [InlineData("list[0]", "equals", "\"a\"", true)]
    [InlineData("list[-1]", "equals", "2", true)]
    [InlineData("list[7]", "isEmpty", null, true)]
    public void Comparisons_mean_what_the_contract_says(string left, string op, string? right, bool holds)
    {
        var literal = right is null ? "" : $""", "right": {right}""";
        Assert.Equal(holds, Holds($$"""{ "all": [ { "left": "n.{{left}}", "op": "{{op}}"{{literal}} } ] }"""));
    }

    [Theory]
    [InlineData("""{ "any": [ { "left": "n.no", "op": "isTrue" }, { "all": [ { "left": "n.yes", "op": "isTrue" }, { "left": "n.one", "op": "equals", "right": 1 } ] } ] }""", true)]
    [InlineData("""{ "all": [ { "left": "n.yes", "op": "isTrue" }, { "any": [ { "left": "n.no", "op": "isTrue" } ] } ] }""", false)]
    public void Conditions_nest(string json, bool holds) => Assert.Equal(holds, Holds(json));

    [Theory]
    [InlineData("""{ "left": "n", "op": "isTrue" }""")]
    [InlineData("""{ "all": [] }""")]
    [InlineData("""{ "all": [ { "left": "n", "op": "like", "right": 1 } ] }""")]
    [InlineData("""{ "all": [ { "left": "a b", "op": "isTrue" } ] }""")]
    [InlineData("""{ "all": [ { "left": "n", "op": "equals" } ] }""")]
    [InlineData("""{ "all": [ { "left": "n", "op": "matches", "right": "(?<=x)y" } ] }""")]
    [InlineData("""{ "all": [ { "left": "n", "op": "matches", "right": "[" } ] }""")]
    public void What_is_no_condition_is_not_parsed(string json) =>
        Assert.Throws<JsonException>(() => Condition.Parse(JsonDocument.Parse(json).RootElement));

    [Fact]
    public void A_pattern_that_would_run_away_elsewhere_ends_at_once()
    {
        var values = new Values(new Dictionary<string, JsonElement> { ["n"] = JsonSerializer.SerializeToElement(new string('a', 50_000) + "!") });
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(Condition.Parse(JsonDocument.Parse("""{ "all": [ { "left": "n", "op": "matches", "right": "^(a+)+$" } ] }""").RootElement).Holds(values));
        Assert.True(clock.ElapsedMilliseconds < 20_000);
    }

    private static bool Holds(string json) => Condition.Parse(JsonDocument.Parse(json).RootElement)
        .Holds(new Values(new Dictionary<string, JsonElement> { ["n"] = JsonDocument.Parse(Data).RootElement }));
}
