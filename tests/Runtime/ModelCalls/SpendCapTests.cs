using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.ModelCalls;

public sealed class SpendCapTests
{
    // At 10 per million a call of 10,000 answer tokens costs 0.10.
    private static readonly ModelRequest Dear = GatewayHarness.Ask("x") with { MaxTokens = 10_000 };

    [Fact]
    public async Task Two_hundred_calls_side_by_side_never_exceed_the_cap_of_their_run()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Usage = (10, 10_000), Delay = TimeSpan.FromMilliseconds(5) }, ("Limits:RunCost", "1.00"));
        var logs = Enumerable.Range(0, 200).Select(_ => new List<ModelCall>()).ToList();
        var outcomes = await Task.WhenAll(logs.Select(log => harness.Gateway.CallAsync(Dear, harness.Origin(false, log), CancellationToken.None)));
        Assert.True(harness.Spend.Cost <= 1.00m, $"{harness.Spend.Cost} spent");
        Assert.Equal(9, outcomes.Count(o => o is ModelOutcome.Answered));
        Assert.Equal(9, harness.Server.Count);
        Assert.All(outcomes.OfType<ModelOutcome.Failed>(), o => Assert.Equal("spend_cap", o.Code));
        Assert.All(logs.SelectMany(l => l).Where(r => r.ErrorCode == "spend_cap"), r => Assert.Equal(ModelCallStatus.Refused, r.Status));
        Assert.Equal(harness.Spend.Cost, logs.SelectMany(l => l).Sum(r => r.Cost ?? 0));
    }

    [Fact]
    public async Task What_a_call_did_not_use_of_its_estimate_is_free_again()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Usage = (10, 10) }, ("Limits:RunCost", "0.11"));
        for (var i = 0; i < 20; i++) Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(Dear));
        Assert.Equal(20 * 0.00011m, harness.Spend.Cost);
    }

    [Fact]
    public async Task A_failed_call_gives_its_estimate_back()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() }, ("Limits:RunCost", "0.11"));
        await harness.AskAsync(Dear);
        Assert.Equal((0m, 0L), (harness.Spend.Cost, harness.Spend.Tokens));
    }

    [Fact]
    public async Task Where_no_price_is_known_the_cap_on_tokens_holds()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Usage = (10, 400) }, ("Limits:RunTokens", "1000"), ("Models:Default", "stub/unheard-of"));
        var request = GatewayHarness.Ask("x") with { MaxTokens = 400 };
        Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(request));
        Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(request));
        var failed = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(request));
        Assert.Equal("spend_cap", failed.Code);
        Assert.Contains("Limits:RunTokens", failed.Message, StringComparison.Ordinal);
        Assert.Equal([null, null, null], harness.Log.Select(r => r.Cost));
        Assert.Equal(2, harness.Server.Count);
    }

    [Fact]
    public async Task The_cap_of_the_day_holds_over_runs()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Usage = (10, 10_000) }, ("Limits:DayCost", "0.25"), ("Limits:RunCost", "0"));
        await harness.StartDatabaseAsync();
        var outcomes = new List<ModelOutcome>();
        for (var run = 0; run < 4; run++)
            outcomes.Add(await harness.Gateway.CallAsync(Dear, harness.Origin(false, []) with { Spend = new RunSpend(0, 0), RunId = Guid.NewGuid() }, CancellationToken.None));
        Assert.Equal(2, outcomes.Count(o => o is ModelOutcome.Answered));
        Assert.All(outcomes.Skip(2), o => Assert.Contains("midnight UTC", Assert.IsType<ModelOutcome.Failed>(o).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Zero_means_no_cap()
    {
        await using var harness = new GatewayHarness(null, ("Limits:RunCost", "0"), ("Limits:RunTokens", "0"));
        Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(GatewayHarness.Ask("x") with { MaxTokens = 900_000_000 }));
    }
}
