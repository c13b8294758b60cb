using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>The real engine over a real database and a scripted model, and the questions that tests ask about one run.</summary>
public abstract class RunScene : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-run-").FullName;

    /// <summary>What the model does with a request.</summary>
    protected Func<ScriptedRequest, ScriptedReply> Script { get; set; } = _ => new ScriptedReply();

    /// <summary>The engine's named places.</summary>
    protected CrashPoints Places { get; } = new();

    /// <summary>Configuration beside the usual.</summary>
    protected virtual (string Key, string Value)[] Settings => [];

    protected ScriptedModelServer Model { get; private set; } = null!;

    protected EngineHost Engine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Model = new ScriptedModelServer(x => Script(x));
        Engine = await EngineHost.StartAsync(_folder, Model.Address, services => services.AddSingleton(Places), Settings);
    }

    public async Task DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts a run and lets it go as far as it can.</summary>
    protected async Task<Guid> StartAsync(PipelineFile file, object inputs)
    {
        var run = await Engine.RunAsync(await Engine.PublishAsync(file), inputs);
        await Engine.SettleAsync();
        return run;
    }

    protected async Task<string?> DecideAsync(Guid run, string verb, string? comment = null, object? edited = null, int hold = 0)
    {
        var (id, hash) = await ApprovalAsync(run);
        var decided = await Engine.Get<ApprovalDesk>().DecideAsync(Guid.Parse(id), new Decision
        {
            Verb = verb, ContentHash = hash, Comment = comment, Edited = edited is null ? null : JsonSerializer.SerializeToElement(edited), ReleaseAfterSeconds = hold,
        }, Engine.Actor, CancellationToken.None);
        return decided.Refusal?.Code;
    }

    protected async Task<(string Id, string Hash)> ApprovalAsync(Guid run)
    {
        var row = (await Engine.QueryAsync($"SELECT Id, ContentHash FROM Approvals WHERE RunKey = {Key(run)} ORDER BY CreatedAt DESC, Round DESC LIMIT 1"))[0];
        return (new Guid((byte[])row[0]!, true).ToString(), (string)row[1]!);
    }

    protected async Task<string> StatusAsync(Guid run) => ((RunStatus)(long)(await Engine.ScalarAsync($"SELECT Status FROM Runs WHERE Key = {Key(run)}"))!).ToString();

    protected async Task<string?> OutputsAsync(Guid run) => (string?)await Engine.ScalarAsync($"SELECT Outputs FROM Runs WHERE Key = {Key(run)}");

    protected async Task<List<string>> StepsAsync(Guid run) => (await Engine.QueryAsync($"SELECT SortPath, Status FROM Steps WHERE RunKey = {Key(run)}"))
        .Select(x => $"{StepPath.ToReadable((string)x[0]!)}:{(StepStatus)(long)x[1]!}").Order(StringComparer.Ordinal).ToList();

    /// <summary>Every logged call of a run as <c>step/fence-number:status</c>.</summary>
    protected async Task<List<string>> CallsAsync(Guid run) => (await Engine.QueryAsync($"SELECT SortPath, Fence, N, Status FROM ModelCalls WHERE RunKey = {Key(run)} ORDER BY Key"))
        .Select(x => $"{StepPath.ToReadable((string)x[0]!)}/{x[1]}-{x[2]}:{(ModelCallStatus)(long)x[3]!}").ToList();

    protected static string Key(Guid run) => $"(SELECT Key FROM Runs WHERE Id = x'{Convert.ToHexString(run.ToByteArray(true))}')";

    protected static async Task WaitAsync(Func<Task<bool>> condition)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            if (since.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException();
            await Task.Delay(5);
        }
    }
}
