using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.ModelCalls;

public sealed class ModelGatewayTests
{
    private const string Schema = """{ "type": "object", "required": ["n"], "additionalProperties": false, "properties": { "n": { "type": "integer", "maximum": 5 } } }""";

    [Fact]
    public async Task An_answer_is_logged_with_its_tokens_and_its_price()
    {
        await using var harness = new GatewayHarness();
        var answered = Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync());
        var row = Assert.Single(harness.Log);
        Assert.Equal((ModelCallStatus.Answered, "stub/m", 12, 8, 1, 1), (row.Status, row.Model, row.InputTokens, row.OutputTokens, row.N, row.Attempt));
        Assert.Equal(0.000092m, row.Cost);
        Assert.Equal(answered.Text, row.Response);
        Assert.Contains("Hello", row.Prompt, StringComparison.Ordinal);
        Assert.Equal((0.000092m, 20L), (harness.Spend.Cost, harness.Spend.Tokens));
    }

    [Fact]
    public async Task Every_request_carries_a_call_key_of_its_own()
    {
        await using var harness = new GatewayHarness(r => new ScriptedReply { Status = r.Number < 3 ? 503 : 200, Body = r.Number < 3 ? "{}"u8.ToArray() : null });
        await harness.AskAsync();
        await harness.AskAsync();
        const string start = "11111111-2222-3333-4444-555555555555/each[3]/draft@2/7-";
        Assert.Equal([start + "1", start + "2", start + "3", start + "4"], harness.Server.Log.Select(r => r.CallKey));
        Assert.Equal([1, 2, 3, 1], harness.Log.Select(r => r.Attempt));
    }

    [Fact]
    public async Task Calls_side_by_side_keep_their_own_keys()
    {
        await using var harness = new GatewayHarness();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => harness.Gateway.CallAsync(
            GatewayHarness.Ask($"prompt-{i:000}"), harness.Origin(false, []) with { StepPath = $"step-{i:000}" }, CancellationToken.None)));
        Assert.Equal(200, harness.Server.Log.Count);
        Assert.All(harness.Server.Log, r => Assert.Contains($"prompt-{r.Step[^3..]}", r.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_streamed_answer_comes_in_pieces_and_whole()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Text = "One sentence in several pieces." });
        var answered = Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(streams: true));
        Assert.Equal("One sentence in several pieces.", answered.Text);
        Assert.Equal(answered.Text, string.Concat(harness.Tokens));
        Assert.True(harness.Tokens.Count > 1);
        Assert.Contains("\"stream\":true", harness.Server.Log.Single().Body, StringComparison.Ordinal);
        Assert.Equal((12, 8), (harness.Log[0].InputTokens, harness.Log[0].OutputTokens));
    }

    [Theory]
    [InlineData("""{"n":3}""")]
    [InlineData("```json\n{\"n\": 3}\n```")]
    [InlineData("Sure, here it is:\n{\"n\": 3}\nAnything else?")]
    public async Task JSON_is_found_in_fences_and_prose(string text)
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Text = text });
        var answered = Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(AskForJson()));
        Assert.Equal(3, answered.Json!.Value.GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task The_schema_goes_to_the_provider()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Text = """{"n":3}""" });
        await harness.AskAsync(AskForJson());
        await harness.AskAsync(AskForJson() with { Schema = null });
        var formats = harness.Server.Log.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("response_format")).ToList();
        Assert.Equal("json_schema", formats[0].GetProperty("type").GetString());
        Assert.Equal(5, formats[0].GetProperty("json_schema").GetProperty("schema").GetProperty("properties").GetProperty("n").GetProperty("maximum").GetInt32());
        Assert.Equal("json_object", formats[1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task An_invalid_answer_is_shown_its_errors_and_asked_again()
    {
        await using var harness = new GatewayHarness(r => new ScriptedReply { Text = r.Number == 1 ? """{"n":9,"x":1}""" : """{"n":4}""" });
        var answered = Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(AskForJson()));
        Assert.Equal(4, answered.Json!.Value.GetProperty("n").GetInt32());
        Assert.Equal([ModelCallStatus.Invalid, ModelCallStatus.Answered], harness.Log.Select(r => r.Status));
        Assert.Equal([1, 1], harness.Log.Select(r => r.Attempt));
        var messages = JsonDocument.Parse(harness.Server.Log.Last().Body).RootElement.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").ToString()).ToList();
        Assert.Equal(3, messages.Count);
        Assert.Contains("Must be at most 5, is 9.", messages[2], StringComparison.Ordinal);
        Assert.Contains("'x' is not expected", messages[2], StringComparison.Ordinal);
        Assert.True(harness.Log.All(r => r.Cost > 0), "repairs cost, too");
    }

    [Theory]
    [InlineData(2, 3, 9)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 2, 4)]
    public async Task An_answer_that_stays_invalid_uses_up_repairs_and_attempts(int repairs, int attempts, int requests)
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Text = "no JSON at all" });
        var failed = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(AskForJson() with { RepairAttempts = repairs, Retry = new RetrySettings { Attempts = attempts } }));
        Assert.Equal("invalid_output", failed.Code);
        Assert.Equal(requests, harness.Server.Count);
    }

    [Fact]
    public async Task Another_attempt_is_made_only_after_failures_that_the_settings_name()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Status = 503, Body = "{}"u8.ToArray() });
        await harness.AskAsync(GatewayHarness.Ask("x") with { Retry = new RetrySettings { Attempts = 4, On = [RetryOn.Timeout, RetryOn.RateLimit, RetryOn.InvalidOutput] } });
        Assert.Equal(1, harness.Server.Count);
        await harness.AskAsync(GatewayHarness.Ask("x") with { Retry = new RetrySettings { Attempts = 4, On = [RetryOn.Server] } });
        Assert.Equal(5, harness.Server.Count);
    }

    [Fact]
    public async Task Cancelling_throws_and_leaves_a_discarded_row()
    {
        using var cancel = new CancellationTokenSource();
        await using var harness = new GatewayHarness(_ =>
        {
            cancel.Cancel();
            return new ScriptedReply { Hang = true };
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => harness.AskAsync(cancel: cancel.Token));
        Assert.Equal(ModelCallStatus.Discarded, Assert.Single(harness.Log).Status);
        Assert.Equal(0, harness.Spend.Cost);
    }

    [Fact]
    public async Task The_practice_model_is_free_says_so_and_can_be_rehearsed()
    {
        await using var harness = new GatewayHarness(null, ("Models:Connections:practice:Rehearse", "invalidJson=1"));
        var text = Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(GatewayHarness.Ask("Hello there.") with { Model = "practice/practice" }));
        Assert.StartsWith("[Practice model]", text.Text, StringComparison.Ordinal);
        Assert.True(harness.Practised);
        Assert.Equal(0m, harness.Log[0].Cost);
        var failed = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(AskForJson() with { Model = "practice/practice" }));
        Assert.Equal("invalid_output", failed.Code);
        Assert.Equal(0, harness.Server.Count);
    }

    [Fact]
    public async Task Names_and_prices_of_models_are_known()
    {
        await using var harness = new GatewayHarness(null, ("Models:Connections:stub:Models:0", "m"), ("Models:Connections:stub:Models:1", "gpt-4.1"));
        var models = await harness.Connections.OfAsync(1, default);
        Assert.True(models.IsKnown("stub/gpt-4.1"));
        Assert.True(models.IsKnown("default"));
        Assert.False(models.IsKnown("stub/gpt-9"));
        Assert.False(models.IsKnown("nowhere/m"));
        Assert.Equal(2m, harness.Prices.Of("stub/gpt-4.1")!.Input);
        Assert.Null(harness.Prices.Of("stub/unheard-of"));
        var failed = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(GatewayHarness.Ask("x") with { Model = "stub/gpt-9" }));
        Assert.Contains("stub/gpt-9", failed.Message, StringComparison.Ordinal);
    }

    private static ModelRequest AskForJson() => GatewayHarness.Ask("x") with { Json = true, Schema = JsonDocument.Parse(Schema).RootElement };
}
