using System.Text.Json;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Nodes;

public sealed class ModelNodeTests
{
    [Fact]
    public async Task A_prompt_renders_both_messages_and_gives_the_text()
    {
        var node = new NodeHarness("prompt", "{ 'system': 'You are {{ who.role }}.', 'prompt': 'Hi {{ who.name }}', 'model': 'a/b', 'temperature': 0.5, 'maxTokens': 50, 'timeoutSeconds': 7, 'retry': { 'attempts': 1 } }")
        {
            Reads = "{ 'who': { 'name': 'Ana', 'role': 'kind' } }",
            Models = new ScriptedModels(ScriptedModels.Text("Hello")),
        };
        Assert.Equal("Hello", (await node.Done()).Value.GetString());
        var asked = Assert.Single(node.Models.Asked);
        Assert.Equal([new ModelMessage("system", "You are kind."), new ModelMessage("user", "Hi Ana")], asked.Messages);
        Assert.Equal(("a/b", 0.5, 50, TimeSpan.FromSeconds(7), 1, false), (asked.Model, asked.Temperature, asked.MaxTokens, asked.Timeout, asked.Retry.Attempts, asked.Json));
    }

    [Fact]
    public async Task A_prompt_for_json_sends_its_schema_and_gives_the_value()
    {
        var node = new NodeHarness("prompt", "{ 'prompt': 'x', 'output': { 'format': 'json', 'schema': { 'type': 'object' }, 'repairAttempts': 5 } }") { Models = new ScriptedModels(ScriptedModels.Json("{ 'a': 1 }")) };
        Assert.Equal(1, (await node.Done()).Value.GetProperty("a").GetInt32());
        var asked = Assert.Single(node.Models.Asked);
        Assert.True(asked.Json);
        Assert.Equal(("object", 5), (asked.Schema!.Value.GetProperty("type").GetString(), asked.RepairAttempts));
    }

    [Fact]
    public async Task A_call_that_failed_for_good_is_the_steps_error()
    {
        var node = new NodeHarness("prompt", "{ 'prompt': 'x' }") { Models = new ScriptedModels(new ModelOutcome.Failed("spend_cap", "The cap is reached.")) };
        Assert.Equal(new NodeResult.Failed("spend_cap", "The cap is reached."), await node.Failed());
    }

    [Fact]
    public async Task A_value_that_is_missing_is_told_by_its_expression()
    {
        var missing = await Assert.ThrowsAsync<TemplateRenderException>(new NodeHarness("prompt", "{ 'prompt': 'Hi {{ who.name }}' }") { Reads = "{ 'who': {} }" }.Run);
        Assert.Equal(("missing_value", "who.name"), (missing.Code, missing.Expression));
    }

    [Fact]
    public async Task A_prompt_that_knows_nothing_of_feedback_hears_it_as_the_next_turn()
    {
        var node = new NodeHarness("prompt", "{ 'prompt': 'Write' }")
        {
            Feedback = new ReviewerFeedback("Shorter", NodeHarness.Json("'Long text'")),
            Models = new ScriptedModels(ScriptedModels.Text("Short")),
        };
        await node.Done();
        Assert.Equal(["user Write", "assistant Long text", "user Shorter"], node.Models.Asked[0].Messages.Select(message => $"{message.Role} {message.Content}"));
    }

    [Fact]
    public async Task A_prompt_that_reads_feedback_is_not_told_twice()
    {
        var node = new NodeHarness("prompt", "{ 'prompt': 'Write. {{ feedback }}' }")
        {
            Reads = "{ 'feedback': 'Shorter' }",
            Feedback = new ReviewerFeedback("Shorter", NodeHarness.Json("'Long text'")),
            Models = new ScriptedModels(ScriptedModels.Text("Short")),
        };
        await node.Done();
        Assert.Equal("Write. Shorter", Assert.Single(node.Models.Asked[0].Messages).Content);
    }

    [Theory]
    [InlineData(0.9, "bug")]
    [InlineData(0.6, "bug")]
    [InlineData(0.59, "unsure")]
    public async Task A_choice_leaves_by_its_route_or_unsure(double confidence, string port)
    {
        var node = new NodeHarness("classify", "{ 'text': '{{ t }}', 'routes': [ { 'port': 'bug', 'title': 'Defect', 'description': 'It is broken', 'examples': ['crash'] }, { 'port': 'other' } ] }")
        {
            Reads = "{ 't': 'It crashed' }",
            Models = new ScriptedModels(ScriptedModels.Json(FormattableString.Invariant($"{{ 'route': 'bug', 'confidence': {confidence}, 'reason': 'It says so.' }}"))),
        };
        var done = await node.Done();
        Assert.Equal(port, done.Port);
        Assert.Equal(("bug", confidence, "It says so."), (done.Value.GetProperty("route").GetString(), done.Value.GetProperty("confidence").GetDouble(), done.Value.GetProperty("reason").GetString()));
        var asked = Assert.Single(node.Models.Asked);
        Assert.Equal(["bug", "other"], asked.Schema!.Value.GetProperty("properties").GetProperty("route").GetProperty("enum").EnumerateArray().Select(route => route.GetString()!));
        Assert.Contains("- bug (Defect): It is broken\n  for example: crash", asked.Messages[0].Content, StringComparison.Ordinal);
        Assert.Equal("It crashed", asked.Messages[1].Content);
    }

    [Fact]
    public async Task A_route_that_is_not_there_is_an_invalid_answer()
    {
        var node = new NodeHarness("classify", "{ 'text': 'x', 'routes': [ { 'port': 'bug' } ] }") { Models = new ScriptedModels(ScriptedModels.Json("{ 'route': 'cat', 'confidence': 1, 'reason': '' }")) };
        Assert.Equal("invalid_output", (await node.Failed()).Code);
    }
}
