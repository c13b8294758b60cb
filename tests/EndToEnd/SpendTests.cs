using PromptDesigner.Data.Runs;
using PromptDesigner.Support;
using Xunit.Abstractions;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>Spend caps under parallel load: a call costs 0.02 in whatever currency, and 1.00 may be spent.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class SpendTests(ITestOutputHelper output) : IDisposable
{
    private const long Cap = 1_000_000_000_000; // in trillionths, as the database counts
    private const long Call = Cap / 50;
    private const int Calls = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-spend-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(8)] // as long as asked for at most: what is reserved is what is spent
    [InlineData(24)] // the provider answers three times as much as it was allowed
    public async Task Two_hundred_parallel_runs_never_spend_more_than_a_day_may_cost(int answered)
    {
        var pipeline = PipelineFile.Named("One call").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m", maxTokens = 8, retry = new { attempts = 1 } })
            .Output("answer", "{{ p }}").Edge("input", "p").Edge("p", "out");
        var ledger = await SpendAsync(pipeline, "Limits:DayCost", answered, async (engine, id) =>
        {
            await Task.WhenAll(Enumerable.Range(0, Calls).Select(x => engine.RunAsync(id, new { text = $"Question {x}" })));
        });
        Judge(ledger, answered);
        Assert.Equal(ledger.Calls.Count(x => x.Status == ModelCallStatus.Answered), ledger.Runs.Count(x => x.Status == RunStatus.Succeeded));
        Assert.All(ledger.Runs.Where(x => x.Status != RunStatus.Succeeded), x => Assert.Equal((RunStatus.Failed, "spend_cap"), (x.Status, x.ErrorCode)));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    public async Task Two_hundred_parallel_calls_never_spend_more_than_a_run_may_cost(int answered)
    {
        var pipeline = PipelineFile.Named("Many calls").ListInput("list").Node("each", "forEach", new { items = "input.list", concurrency = 50, result = "p", onItemError = "collect" })
            .Node("p", "prompt", new { prompt = "{{ item }}", model = "stub/m", maxTokens = 8, retry = new { attempts = 1 } }, "each").Output("answers", "{{ each.size }}").Edge("input", "each").Edge("each", "out");
        var ledger = await SpendAsync(pipeline, "Limits:RunCost", answered, (engine, id) => engine.RunAsync(id, new { list = Enumerable.Range(0, Calls).ToArray() }));
        Judge(ledger, answered);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(ledger.Runs).Status);
    }

    /// <summary>B1, B2: the bound, and three sums that are one.</summary>
    private void Judge(Ledger ledger, int answered)
    {
        var spent = ledger.Calls.Sum(x => x.Cost);
        var price = Call * answered / 8;
        var made = ledger.Calls.Where(x => x.Status == ModelCallStatus.Answered).ToList();
        var most = made.Max(x => made.Count(y => y.StartedAt <= x.StartedAt && x.StartedAt <= y.StartedAt + y.DurationMs)); // at once
        output.WriteLine($"answers of {answered} tokens: spent {spent / (double)Cap:0.00}, {made.Count} calls answered, {ledger.Calls.Count(x => x.Status == ModelCallStatus.Refused)} refused, {most} in flight at most");
        Assert.InRange(spent, Cap - price, Cap + most * (price - Call));
        if (answered == 8) Assert.Equal(Cap, spent);
        Assert.Equal(Calls, ledger.Calls.Count);
        var sums = ledger.Calls.GroupBy(x => x.Run).ToDictionary(x => x.Key, x => (x.Sum(c => c.InputTokens), x.Sum(c => c.OutputTokens), x.Sum(c => c.Cost)));
        Assert.All(ledger.Runs, x => Assert.Equal(sums[x.Id], (x.InputTokens, x.OutputTokens, x.Cost)));
        var steps = ledger.Steps.Select(x => (x.Run, x.Step)).ToHashSet();
        Assert.Equal(spent, ledger.Calls.GroupBy(x => (x.Run, x.Step)).Where(x => steps.Contains(x.Key)).Sum(x => x.Sum(c => c.Cost)));
    }

    private async Task<Ledger> SpendAsync(PipelineFile file, string limit, int answered, Func<EngineHost, Guid, Task> run)
    {
        await using var model = new ScriptedModelServer(_ => new ScriptedReply { Usage = (0, answered), Delay = TimeSpan.FromMilliseconds(20) });
        await using (var engine = await EngineHost.StartAsync(_folder, model.Address, null,
                         ("Models:Prices:m:Input", "0"), ("Models:Prices:m:Output", "2500"), (limit, "1.00"), (limit == "Limits:DayCost" ? "Limits:RunCost" : "Limits:DayCost", "0"), ("Runs:MaxParallelNodes", "64")))
        {
            await run(engine, await engine.PublishAsync(file));
            await Wait.UntilAsync("all runs are over", async () => await engine.UnfinishedAsync() == 0);
        }
        return Ledger.Read(_folder);
    }
}
