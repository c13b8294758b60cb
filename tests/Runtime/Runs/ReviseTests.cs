using PromptDesigner.Data.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>A reviewer asks for changes while another step after the revised one is still being worked on.</summary>
public sealed class ReviseTests : RunScene
{
    [Fact]
    public async Task A_call_in_flight_after_the_revised_step_is_stopped_and_asked_anew_in_its_next_round()
    {
        var held = new TaskCompletionSource();
        Script = x => x.Step == "side" ? new ScriptedReply { Text = "side of first", Until = held.Task } : Answer(x);
        var run = await StartUntilSideIsAskedAsync();
        Assert.Null(await DecideAsync(run, "requestChanges", comment: "kinder please"));
        await WaitAsync(async () => (await StepsAsync(run)).Contains("side@2:Succeeded") && (await StepsAsync(run)).Contains("gate@2:Waiting"));
        held.SetResult();
        Assert.Null(await DecideAsync(run, "approve"));
        await Engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal("""{"got":"second / side of second"}""", await OutputsAsync(run));
        Assert.Equal(["gate:Cancelled", "gate@2:Succeeded", "input:Succeeded", "out:Succeeded", "p:Succeeded", "p@2:Succeeded", "side@2:Succeeded"], await StepsAsync(run));
        Assert.Equal(["p/1-1:Answered", "p@2/1-1:Answered", "side/1-1:Discarded", "side@2/1-1:Answered"], (await CallsAsync(run)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_result_that_was_about_to_be_stored_stays_with_the_round_that_it_belongs_to()
    {
        using var revised = new ManualResetEventSlim();
        var answered = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        Script = x => x.Step == "side" ? new ScriptedReply { Text = "side of first", Until = held.Task } : Answer(x);
        var run = await StartUntilSideIsAskedAsync();
        Places.OnHit = name =>
        {
            if (name == "revise.after-commit") revised.Set();
            if (name != "outcome.before-commit" || !answered.TrySetResult()) return;
            Assert.True(revised.Wait(TimeSpan.FromSeconds(20)));
        };
        held.SetResult();
        await answered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Null(await DecideAsync(run, "requestChanges", comment: "kinder please"));
        await WaitAsync(async () => (await StepsAsync(run)).Contains("side@2:Succeeded") && (await StepsAsync(run)).Contains("gate@2:Waiting"));
        Assert.Null(await DecideAsync(run, "approve"));
        await Engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal("""{"got":"second / side of second"}""", await OutputsAsync(run));
        Assert.Equal(["p", "p@2", "side", "side@2"], Model.Log.Select(x => x.Step).Order(StringComparer.Ordinal));
    }

    /// <summary>The run up to the point where the gate is open and the step beside it is at the model.</summary>
    private async Task<Guid> StartUntilSideIsAskedAsync()
    {
        var file = PipelineFile.Named("Revise").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m" })
            .Node("gate", "approval", new { subject = "{{ p }}", allowSelf = true, revise = "p" }).Node("side", "prompt", new { prompt = "beside {{ p }}", model = "stub/m" })
            .Output("got", "{{ gate }} / {{ side }}").Edge("input", "p").Edge("p", "gate").Edge("p", "side").Edge("gate", "out", "approved").Edge("side", "out");
        var run = await Engine.RunAsync(await Engine.PublishAsync(file), new { text = "draft" });
        await WaitAsync(async () => Model.Log.Any(x => x.Step == "side") && (await StepsAsync(run)).Contains("gate:Waiting"));
        Assert.Equal(nameof(RunStatus.Running), await StatusAsync(run));
        return run;
    }

    private static ScriptedReply Answer(ScriptedRequest request) => new()
    {
        Text = request.Step switch
        {
            "p" => "first",
            "p@2" => "second",
            _ => "side of " + (request.Body.Contains("beside second", StringComparison.Ordinal) ? "second" : "first"),
        },
    };
}
