using System.Net;
using PromptDesigner.Data.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>The process is asked to stop (SIGTERM) under load.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class StopTests : IDisposable
{
    private const int Runs = 24;
    private const int AtOnce = 8;
    private const int Prompts = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-stop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_stop_lets_calls_in_flight_end_starts_nothing_more_and_says_so()
    {
        var gate = new TaskCompletionSource();
        await using var model = new ScriptedModelServer(x => new ScriptedReply { Until = x.Number > 2 * AtOnce ? gate.Task : null });
        await using var app = await StartAsync(model);
        var pipeline = await SubmitAsync(app);
        await Wait.UntilAsync("all that may run at once is in flight", () => model.Count == 3 * AtOnce);
        app.Signal(15);
        await Wait.UntilAsync("readiness is refused", async () => (await app.Api.GetAsync("!/health/ready")).Status == HttpStatusCode.ServiceUnavailable);
        var refused = await app.Api.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = "late" } });
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, (await app.Api.GetAsync("!/health/live")).Status);
        gate.SetResult();
        Assert.Equal(0, await app.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(3 * AtOnce, model.Count);

        var stopped = Ledger.Read(_folder);
        Assert.Equal(model.Log.Select(x => x.CallKey).Order(), stopped.Calls.Select(x => x.Key).Order());
        Assert.All(stopped.Calls, x => Assert.Equal(ModelCallStatus.Answered, x.Status));
        Assert.DoesNotContain(stopped.Runs, x => x.Status == RunStatus.Running);
        await GoOnAsync(model);
        Assert.Equal(Runs * Prompts, model.Count); // nothing was asked twice
    }

    [Fact]
    public async Task A_stop_gives_up_calls_that_do_not_end_and_the_next_process_makes_them_again()
    {
        var hanging = true;
        await using var model = new ScriptedModelServer(_ => new ScriptedReply { Hang = Volatile.Read(ref hanging) });
        await using var app = await StartAsync(model, ("Runs:Drain", "00:00:01"));
        await SubmitAsync(app);
        await Wait.UntilAsync("all that may run at once is in flight", () => model.Count == AtOnce);
        Assert.Equal(0, await app.TerminateAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(AtOnce, model.Count);

        var stopped = Ledger.Read(_folder);
        Assert.All(stopped.Runs, x => Assert.Equal(RunStatus.Queued, x.Status));
        Assert.Equal(AtOnce, stopped.Calls.Count(x => x.Status == ModelCallStatus.Discarded));
        Volatile.Write(ref hanging, false);
        await GoOnAsync(model);
        Assert.Equal(Runs * Prompts + AtOnce, model.Count);
    }

    private Task<AppProcess> StartAsync(ScriptedModelServer model, params (string, string)[] more) =>
        AppProcess.StartAsync(_folder, [.. EngineHost.Settings(model.Address).Select(x => (x.Key, x.Value!)), ("Runs:MaxConcurrency", $"{AtOnce}"), .. more]);

    private static async Task<string> SubmitAsync(AppProcess app)
    {
        var pipeline = await app.Api.PublishAsync(PipelineFile.Chain(Prompts, "stub/m"));
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(x => app.Api.StartAsync(pipeline, new { text = $"Question {x}" })));
        return pipeline;
    }

    /// <summary>Starts again, and everything succeeds.</summary>
    private async Task GoOnAsync(ScriptedModelServer model)
    {
        await using (var app = await StartAsync(model))
        {
            await Wait.NoneAsync(app.Api, "Queued,Running");
            Assert.Equal(0, await app.TerminateAsync(TimeSpan.FromSeconds(30)));
        }
        var after = Ledger.Read(_folder);
        Assert.Equal(Runs, after.Runs.Count);
        Assert.All(after.Runs, x => Assert.Equal(RunStatus.Succeeded, x.Status));
        Assert.Empty(model.Log.GroupBy(x => x.CallKey).Where(x => x.Count() > 1).Select(x => x.Key));
    }
}
