using System.Text.Json;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>Who may start and steer runs, how many are taken on, and what a repeated request gets.</summary>
public sealed class AcceptTests : RunScene
{
    private static readonly PipelineFile Plain = PipelineFile.Named("Plain").Input("text").Output("got", "{{ input.text }}").Edge("input", "out");

    [Theory]
    [InlineData(Role.Viewer, Rights.None, false, false)]
    [InlineData(Role.Viewer, Rights.Reviewer, false, false)]
    [InlineData(Role.Viewer, Rights.Operator, true, false)]
    [InlineData(Role.Designer, Rights.None, true, true)]
    public async Task Only_who_may_run_starts_and_steers_runs_and_only_who_designs_tries(Role role, Rights rights, bool runs, bool tries)
    {
        var pipeline = await Engine.PublishAsync(Plain);
        var actor = Engine.Actor with { Role = role, Rights = rights };
        Assert.Equal(runs ? null : "forbidden", await StartAsync(Request(pipeline), actor));
        Assert.Equal(tries ? null : "forbidden", await StartAsync(Request(pipeline) with { Draft = true }, actor));
        Assert.Equal(tries ? null : "forbidden", await StartAsync(Request(pipeline) with { Try = true }, actor));
        await Engine.SettleAsync();
        var over = await StartAsync(Plain, new { text = "x" });
        var control = Engine.Get<RunControl>();
        Assert.Equal(runs ? null : "forbidden", (await Engine.Starter.RerunAsync(over, actor, null, CancellationToken.None)).Refusal?.Code);
        Assert.Equal(runs ? "run_over" : "forbidden", (await control.CancelAsync(over, actor, CancellationToken.None)).Refusal?.Code);
        Assert.Equal(runs ? null : "forbidden", (await control.RetryAsync(over, "out", actor, CancellationToken.None)).Refusal?.Code);
        await Engine.SettleAsync();
    }

    [Fact]
    public async Task A_used_key_is_answered_with_the_run_of_then_whatever_has_become_of_the_pipeline()
    {
        var editor = Engine.Get<PipelineEditor>();
        var made = (await editor.CreateAsync(Plain.ToBytes(), Engine.Actor, null, CancellationToken.None)).Value!;
        await editor.PublishAsync(made.Id, null, Engine.Actor, null, CancellationToken.None);
        var request = Request(made.Id) with { Idempotency = ("key", [1]) };
        var first = await Engine.Starter.StartAsync(request, Engine.Actor, CancellationToken.None);
        Assert.Null(first.Refusal);
        var changed = PipelineFile.Named("Plain").Input("other").Output("got", "{{ input.other }}").Edge("input", "out");
        Assert.Null((await editor.SaveDraftAsync(made.Id, made.Revision, changed.ToBytes(), Engine.Actor, CancellationToken.None)).Refusal);
        await editor.PublishAsync(made.Id, null, Engine.Actor, null, CancellationToken.None);
        Assert.Equal("input_missing", await StartAsync(Request(made.Id), Engine.Actor));
        Assert.Equal(first.Value, (await Engine.Starter.StartAsync(request, Engine.Actor, CancellationToken.None)).Value);
        Assert.Equal("idempotency_reused", await StartAsync(request with { Idempotency = ("key", [2]) }, Engine.Actor));
        Assert.Equal(1L, await Engine.ScalarAsync("SELECT COUNT(*) FROM Runs"));
        await Engine.SettleAsync();
    }

    private static RunRequest Request(Guid pipeline) => new() { Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(new { text = "x" }) };

    private async Task<string?> StartAsync(RunRequest request, Actor actor) => (await Engine.Starter.StartAsync(request, actor, CancellationToken.None)).Refusal?.Code;
}

/// <summary>A process that runs one run at a time and queues fifty.</summary>
public sealed class FullQueueTests : RunScene
{
    private const int MostQueued = 50;

    protected override (string Key, string Value)[] Settings => [("Runs:MaxConcurrency", "1"), ("Runs:MaxQueued", "50")];

    [Fact]
    public async Task A_burst_is_taken_on_as_far_as_there_is_room_and_no_further()
    {
        var held = new TaskCompletionSource();
        Script = _ => new ScriptedReply { Until = held.Task };
        var pipeline = await Engine.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var inputs = JsonSerializer.SerializeToElement(new { text = "x" });
        var running = await Engine.RunAsync(pipeline, new { text = "x" });
        await WaitAsync(() => Task.FromResult(Model.Count == 1));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() =>
            Engine.Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = inputs }, Engine.Actor, CancellationToken.None))));
        Assert.All(answers, x => Assert.True(x.Refusal?.Code is null or "rate_limited", x.Refusal?.Message));
        var accepted = answers.Count(x => x.Refusal is null);
        Assert.InRange(accepted, 1, MostQueued);
        while (accepted < MostQueued)
        {
            Assert.Null((await Engine.Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = inputs }, Engine.Actor, CancellationToken.None)).Refusal);
            accepted++;
        }
        Assert.Equal("rate_limited", (await Engine.Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = inputs }, Engine.Actor, CancellationToken.None)).Refusal?.Code);
        Assert.Equal(MostQueued + 1L, await Engine.UnfinishedAsync());
        held.SetResult();
        await Engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(running));
    }
}
