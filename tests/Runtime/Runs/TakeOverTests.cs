using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>Somebody takes a run over from an owner that is not dead but only slow.</summary>
public sealed class TakeOverTests : RunScene
{
    [Fact]
    public async Task What_an_owner_brings_that_lost_its_run_is_kept_for_the_ledger_and_is_no_outcome()
    {
        var held = new TaskCompletionSource();
        Script = x => x.Step == "p1" && x.CallKey.EndsWith("/1-1", StringComparison.Ordinal) ? new ScriptedReply { Text = "late", Until = held.Task } : new ScriptedReply { Text = "fresh" };
        var run = await Engine.RunAsync(await Engine.PublishAsync(PipelineFile.Chain(2, "stub/m")), new { text = "x" });
        await WaitAsync(() => Task.FromResult(Model.Count == 1));
        var journal = Engine.Get<RunJournal>();
        Assert.Single(await journal.TakeFromTheDeadAsync(dead: true, "another", _ => false));
        var other = await journal.OwnAsync(run, "another", TimeSpan.FromMinutes(1));
        held.SetResult();
        await WaitAsync(async () => (await CallsAsync(run)).Count == 1 && !Engine.Get<RunDispatcher>().IsActive(run));
        Assert.Equal(["p1/1-1:Discarded"], await CallsAsync(run));
        Assert.Equal(["input:Succeeded"], await StepsAsync(run));
        Assert.Equal("Running", await StatusAsync(run));
        Assert.Equal(20L, await Engine.ScalarAsync("SELECT InputTokens + OutputTokens FROM Runs"));

        Assert.True(await journal.ReleaseAsync(other!, new Outcome()));
        foreach (var queued in await journal.QueuedAsync()) await Engine.Get<RunDispatcher>().EnqueueAsync(queued, CancellationToken.None);
        await Engine.SettleAsync();
        Assert.Equal("""{"answer":"fresh"}""", await OutputsAsync(run));
        Assert.Equal(["p1/1-1:Discarded", "p1/4-1:Answered", "p2/4-1:Answered"], await CallsAsync(run));
    }
}
