using System.Text.Json;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Nodes.Input;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Nodes;

public sealed class DataNodeTests
{
    [Fact]
    public async Task An_input_gives_the_runs_inputs_with_defaults()
    {
        var node = new NodeHarness("input", "{ 'fields': [ { 'name': 'a' }, { 'name': 'b', 'type': 'number', 'default': 5 }, { 'name': 'c' } ] }") { Inputs = "{ 'a': 'x' }" };
        Assert.Equal("""{"a":"x","b":5}""", (await node.Done()).Value.GetRawText());
    }

    [Fact]
    public void Inputs_that_are_missing_mistyped_or_unknown_are_named()
    {
        var settings = new InputSettings
        {
            Fields = [new() { Name = "text", Required = true }, new() { Name = "n", Type = InputType.Number }, new() { Name = "size", Options = [NodeHarness.Json("'S'"), NodeHarness.Json("'M'")] }],
        };
        var (_, faults) = InputNode.Accept(settings, NodeHarness.Json("{ 'n': '5', 'size': 'XL', 'txt': 'x' }"));
        Assert.Equal(["input_missing text", "input_type n", "input_type size", "input_unknown txt"], faults.Select(fault => $"{fault.Code} {fault.Input}"));
        Assert.Contains("did you mean 'text'?", faults[3].Message, StringComparison.Ordinal);
        Assert.Equal("input_type", Assert.Single(InputNode.Accept(settings, NodeHarness.Json("[]")).Faults).Code);
        Assert.Empty(InputNode.Accept(settings, NodeHarness.Json("{ 'text': 'x', 'size': 'M' }")).Faults);
    }

    [Fact]
    public async Task A_text_is_rendered() =>
        Assert.Equal("Hi Ana", (await new NodeHarness("text", "{ 'template': 'Hi {{ who.name }}' }") { Reads = "{ 'who': { 'name': 'Ana' } }" }.Done()).Value.GetString());

    [Theory]
    [InlineData("'value': '{{ a.n }}'", "1.50")]
    [InlineData("'value': 'a.n'", "1.50")]
    [InlineData("'value': 'a.n', 'type': 'text'", "\"1.50\"")]
    [InlineData("'value': 'Total: {{ a.n }}'", "\"Total: 1.5\"")]
    [InlineData("'value': 'done'", "\"done\"")]
    [InlineData("'value': '{{ a.text }}', 'type': 'number'", "12.5")]
    [InlineData("'value': 'true', 'type': 'boolean'", "true")]
    [InlineData("'value': '[1, 2]', 'type': 'list'", "[1, 2]")]
    [InlineData("'value': '{{ a.list }}', 'type': 'list'", "[\"x\"]")]
    [InlineData("'value': '{{ a.list }}', 'type': 'text'", "\"[\\u0022x\\u0022]\"")]
    [InlineData("'value': '{ `k`: 1 }'", "\"{ \\u0027k\\u0027: 1 }\"")]
    [InlineData("'value': { 'deep': [ '{{ a.n }}', 'n={{ a.n }}', 3 ] }", "{\"deep\":[1.50,\"n=1.5\",3]}")]
    public async Task A_field_keeps_or_takes_its_type(string field, string expected)
    {
        var node = new NodeHarness("fields", $"{{ 'fields': [ {{ 'name': 'f', {field} }} ] }}") { Reads = "{ 'a': { 'n': 1.50, 'text': ' 12.5 ', 'list': ['x'] } }" };
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(expected), (await node.Done()).Value.GetProperty("f")), (await node.Done()).Value.GetRawText());
    }

    [Theory]
    [InlineData("'value': 'twelve', 'type': 'number'")]
    [InlineData("'value': 'yes', 'type': 'boolean'")]
    [InlineData("'value': '{{ a }}', 'type': 'list'")]
    [InlineData("'value': '{', 'type': 'json'")]
    public async Task A_field_that_cannot_take_its_type_fails_by_name(string field)
    {
        var failed = await new NodeHarness("fields", $"{{ 'fields': [ {{ 'name': 'f', {field} }} ] }}") { Reads = "{ 'a': { 'n': 1 } }" }.Failed();
        Assert.Equal("invalid_output", failed.Code);
        Assert.Contains("'f'", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'type': 'contains', 'text': 'Hello'", true)]
    [InlineData("'type': 'contains', 'text': '{{ who }}'", true)]
    [InlineData("'type': 'contains', 'text': 'hello'", false)]
    [InlineData("'type': 'notContains', 'text': 'Hello'", false)]
    [InlineData("'type': 'minLength', 'length': 10", true)]
    [InlineData("'type': 'minLength', 'length': 11", false)]
    [InlineData("'type': 'maxLength', 'length': 9", false)]
    [InlineData("'type': 'pattern', 'pattern': '^H.*!'", true)]
    [InlineData("'type': 'pattern', 'pattern': '[0-9]'", false)]
    public async Task A_check_leaves_by_valid_or_invalid(string check, bool valid)
    {
        var node = new NodeHarness("validate", $"{{ 'value': 'v', 'checks': [ {{ {check} }} ] }}") { Reads = "{ 'v': 'Hello Ana!', 'who': 'Ana' }" };
        var done = await node.Done();
        Assert.Equal(valid ? "valid" : "invalid", done.Port);
        Assert.Equal((valid, valid ? 0 : 1, "Hello Ana!"), (done.Value.GetProperty("valid").GetBoolean(), done.Value.GetProperty("failures").GetArrayLength(), done.Value.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Every_check_that_fails_is_listed_with_its_message()
    {
        var done = await new NodeHarness("validate", "{ 'value': '{{ v }}', 'checks': [ { 'type': 'minLength', 'length': 9, 'message': 'Too short.' }, { 'type': 'contains', 'text': 'b' }, { 'type': 'maxLength', 'length': 3 } ] }") { Reads = "{ 'v': 'a\U0001F600' }" }.Done();
        Assert.Equal("""[{"check":"minLength","message":"Too short."},{"check":"contains","message":"It does not contain \u0027b\u0027."}]""", done.Value.GetProperty("failures").GetRawText());
    }

    [Fact]
    public async Task An_output_names_its_values_with_their_types()
    {
        var done = await new NodeHarness("output", "{ 'fields': [ { 'name': 'reply', 'value': '{{ check | default: `` }}' }, { 'name': 'score', 'value': 'c.score' } ] }") { Reads = "{ 'c': { 'score': 0.50 } }" }.Done();
        Assert.Equal("""{"reply":"","score":0.50}""", done.Value.GetRawText());
        await Assert.ThrowsAsync<TemplateRenderException>(new NodeHarness("output", "{ 'fields': [ { 'name': 'x', 'value': '{{ c.nothing }}' } ] }") { Reads = "{ 'c': { 'nothing': null } }" }.Run);
    }
}
