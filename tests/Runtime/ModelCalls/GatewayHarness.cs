using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.ModelCalls;

/// <summary>The gateway with a connection <c>stub</c> to a scripted model, without a database unless the day's cap is set.</summary>
internal sealed class GatewayHarness : IAsyncDisposable
{
    public const string Key = "canary-key-4711";

    private readonly ServiceProvider services;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway");

    public GatewayHarness(Func<ScriptedRequest, ScriptedReply>? script = null, params (string Key, string Value)[] settings)
    {
        Server = new ScriptedModelServer(script);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Models:Connections:stub:Kind", "openai"), new("Models:Connections:stub:Endpoint", Server.Address), new("Models:Connections:stub:ApiKey", Key),
            new("Models:Connections:practice:Kind", "practice"), new("Models:Default", "stub/m"),
            new("Models:Prices:m:Input", "1"), new("Models:Prices:m:Output", "10"), new("Limits:DayCost", "0"),
        ]).AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddData(new DatabaseOptions { DataDirectory = folder.FullName });
        collection.AddRuntime(configuration);
        collection.AddSingleton<TimeProvider>(Clock);
        services = collection.BuildServiceProvider();
        Write("CREATE TABLE Workspaces (Id, DefaultModel, RunCost, DayCost, RunTokens)",
            "CREATE TABLE Connections (WorkspaceId, Name, Kind, Endpoint, ProtectedKey, Models, Prices, Rehearse)"); // what the gateway reads, without the time that migrating takes
    }

    public ScriptedModelServer Server { get; }

    public SkippingClock Clock { get; } = new();

    public ModelGateway Gateway => services.GetRequiredService<ModelGateway>();

    public ModelConnections Connections => services.GetRequiredService<ModelConnections>();

    public Prices Prices => services.GetRequiredService<Prices>();

    public RunSpend Spend { get; } = new(0, 0);

    public List<ModelCall> Log { get; } = [];

    public ConcurrentQueue<string> Tokens { get; } = new();

    public bool Practised { get; private set; }

    public Task StartDatabaseAsync()
    {
        Write("DROP TABLE Workspaces", "DROP TABLE Connections");
        return services.GetRequiredService<DatabaseStart>().RunAsync(CancellationToken.None);
    }

    public Task<ModelOutcome> AskAsync(ModelRequest? request = null, bool streams = false, CancellationToken cancel = default) =>
        Gateway.CallAsync(request ?? Ask("Hello"), Origin(streams, Log), cancel);

    public CallOrigin Origin(bool streams, List<ModelCall> log) => new()
    {
        Workspace = 1, Pipeline = 1, RunKey = 1, RunId = Guid.Parse("11111111-2222-3333-4444-555555555555"), SortPath = "a", StepPath = "each[3]/draft@2", Fence = 7,
        Spend = Spend, Log = log, Practised = () => Practised = true, Token = streams ? Tokens.Enqueue : null,
    };

    /// <summary>A request with a time limit that the clock never skips.</summary>
    public static ModelRequest Ask(string prompt) => new() { Messages = [new ModelMessage("user", prompt)], Timeout = SkippingClock.Kept };

    private void Write(params string[] statements)
    {
        using var connection = new SqliteConnection(services.GetRequiredService<Database>().ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Join(';', statements);
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Server.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

/// <summary>A clock whose waits are over at once and noted, but for time limits, which keep real time.</summary>
internal sealed class SkippingClock : TimeProvider
{
    /// <summary>A time limit that is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(77);

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public ConcurrentQueue<TimeSpan> Skipped { get; } = new();

    /// <summary>Treats silence in an answer as over at once.</summary>
    public bool SkipsSilence { get; set; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime == Kept || dueTime < TimeSpan.FromMilliseconds(500) || (dueTime == Silence && !SkipsSilence)) return System.CreateTimer(callback, state, dueTime, period);
        Skipped.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
