using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Support;
using Xunit.Abstractions;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>The real process is killed again and again under load; witness and database are compared afterwards.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 10;
    private const int RunsEach = 6;
    private const int AtOnce = 8;
    private const int Prompts = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-kill-").FullName;
    private readonly Random _random = new(20_270_131);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sixty_runs_survive_ten_kills_and_no_stored_step_is_asked_again()
    {
        await using var model = new ScriptedModelServer(latency: TimeSpan.FromMilliseconds(150));
        var kills = new List<Kill>();
        var submissions = new List<Task<string>>();
        (string, string?)[] settings = [.. EngineHost.Settings(model.Address).Select(x => (x.Key, x.Value)), ("Runs:MaxConcurrency", $"{AtOnce}")];
        var app = await AppProcess.StartAsync(_folder, settings);
        settings = [.. settings, ("Urls", app.Address)];
        var pipeline = await app.Api.PublishAsync(PipelineFile.Chain(Prompts, "stub/m"));
        using var api = new ApiClient(app.Address, AppProcess.Key);
        for (var kill = 0; kill < Kills; kill++)
        {
            var first = submissions.Count;
            for (var i = 0; i < RunsEach; i++) submissions.Add(SubmitAsync(api, pipeline, first + i));
            // Every other process gets far enough for each run to store a step: three deaths at the same step would be a crash loop.
            if (kill % 2 == 0)
            {
                var target = model.Count + 3 * AtOnce + _random.Next(AtOnce);
                await Wait.UntilAsync("the model was asked often enough", () => model.Count >= target);
            }
            await Task.Delay(_random.Next(150)); // the moment of the kill: chosen by chance, waits for nothing
            await app.KillAsync();
            kills.Add(new Kill(Ledger.Read(_folder)));
            await app.DisposeAsync();
            app = kill is 3 or 7 ? AppProcess.Launch(_folder, settings) : await AppProcess.StartAsync(_folder, settings);
        }
        var accepted = await Task.WhenAll(submissions);
        await Wait.NoneAsync(app.Api, "Queued,Running");
        Assert.Equal(0, await app.TerminateAsync(TimeSpan.FromSeconds(30)));
        await app.DisposeAsync();

        var after = Ledger.Read(_folder);
        Assert.Equal(accepted.Order(), after.Runs.Select(x => x.Id).Order());
        Assert.All(after.Runs, x => Assert.Equal((RunStatus.Succeeded, null), (x.Status, x.ErrorCode)));
        var lost = Judge(model.Log.ToList(), after, kills);
        Assert.All(after.Events.GroupBy(x => x.Run), x => Assert.Equal(Enumerable.Range(1, x.Count()).Select(n => (long)n), x.Select(e => e.Seq)));
        var undisturbed = await UndisturbedAsync();
        Assert.Equal(undisturbed, after.Runs.ToDictionary(x => x.Inputs, x => x.Outputs));
        output.WriteLine($"{model.Count} requests for {accepted.Length * Prompts} steps; in flight at the kills: {string.Join(", ", kills.Select(k => lost.Count(x => kills.Find(y => y.Killed(x)) == k)))}; " +
                         $"runs taken up again: {after.Events.Count(x => x.Reason == "recovered")}");
    }

    /// <summary>R3, R4, B2: what the witness saw against what is stored. The answer: the requests that a kill cut off.</summary>
    private static List<ScriptedRequest> Judge(List<ScriptedRequest> witnessed, Ledger after, List<Kill> kills)
    {
        Assert.Empty(witnessed.GroupBy(x => x.CallKey).Where(x => x.Count() > 1).Select(x => x.Key));
        Assert.Empty(witnessed.Where(x => kills.Any(k => k.IsRepeated(x))).Select(x => $"stored before a kill and asked again: {x.CallKey}"));
        Assert.Empty(after.Calls.Where(x => x.Status != ModelCallStatus.Answered).Select(x => x.Key));
        Assert.Equal(after.Runs.Count * Prompts, after.Calls.Select(x => (x.Run, x.Step)).Distinct().Count());
        Assert.Equal(after.Runs.Count * Prompts, after.Calls.Count);
        var logged = after.Calls.Select(x => x.Key).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(logged.Except(witnessed.Select(x => x.CallKey)));
        var lost = witnessed.Where(x => !logged.Contains(x.CallKey)).ToList();
        Assert.Empty(lost.Where(x => !kills.Any(k => k.Killed(x))).Select(x => $"without a row, and no kill explains it: {x.CallKey}"));
        Assert.Empty(lost.GroupBy(x => (x.Run, x.Step, Kill: kills.FindIndex(k => k.Killed(x)))).Where(x => x.Count() > 1).Select(x => x.Key));
        Assert.All(kills, k => Assert.InRange(lost.Count(k.Killed), 0, AtOnce));
        Assert.Equal(witnessed.Count - after.Runs.Count * Prompts, lost.Count);
        Assert.True(lost.Count > 0, "No kill met a call; the experiment shows nothing.");
        return lost;
    }

    /// <summary>Starts one run as a careful program does: the same key until there is an answer.</summary>
    private static async Task<string> SubmitAsync(ApiClient api, string pipeline, int number)
    {
        string? id = null;
        await Wait.UntilAsync($"run {number} is accepted", async () =>
        {
            try
            {
                var reply = await api.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = $"Question {number}" } }, ("Idempotency-Key", $"run-{number}"));
                if ((int)reply.Status >= 500) return false;
                id = reply.Ok().GetProperty("id").GetString();
                return true;
            }
            catch (HttpRequestException)
            {
                return false; // the process is down
            }
        }, seconds: 120);
        return id!;
    }

    private static async Task<Dictionary<string, string?>> UndisturbedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pd-calm-").FullName;
        await using var model = new ScriptedModelServer();
        await using (var engine = await EngineHost.StartAsync(folder, model.Address))
        {
            var pipeline = await engine.PublishAsync(PipelineFile.Chain(Prompts, "stub/m"));
            for (var i = 0; i < Kills * RunsEach; i++) await engine.RunAsync(pipeline, new { text = $"Question {i}" });
            await Wait.UntilAsync("the undisturbed runs are over", async () => await engine.UnfinishedAsync() == 0);
        }
        var outputs = Ledger.Read(folder).Runs.ToDictionary(x => x.Inputs, x => x.Outputs);
        Directory.Delete(folder, recursive: true);
        return outputs;
    }

    /// <summary>What was stored when a process was dead.</summary>
    private sealed class Kill(Ledger ledger)
    {
        private readonly Dictionary<string, long> _fences = ledger.Runs.ToDictionary(x => x.Id, x => x.Fence, StringComparer.Ordinal);
        private readonly HashSet<(string, string)> _settled = ledger.Steps.Where(x => x.Status is StepStatus.Succeeded).Select(x => (x.Run, x.Step)).ToHashSet();

        /// <summary>A later owner asked for what was stored.</summary>
        public bool IsRepeated(ScriptedRequest x) => _settled.Contains((x.Run, x.Step)) && FenceOf(x) > _fences[x.Run];

        /// <summary>The request's owner was the one that died.</summary>
        public bool Killed(ScriptedRequest x) => _fences.TryGetValue(x.Run, out var fence) && fence == FenceOf(x);

        private static long FenceOf(ScriptedRequest x)
        {
            var last = x.CallKey[(x.CallKey.LastIndexOf('/') + 1)..];
            return long.Parse(last[..last.IndexOf('-', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
