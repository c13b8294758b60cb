using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptDesigner.Data;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Support;

/// <summary>The engine without its HTTP server, in this process, over a database in a folder that outlives it.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    private static readonly SemaphoreSlim Once = new(1, 1);
    private static string? _template;

    private readonly IHost _host;

    private EngineHost(IHost host, string folder, Actor actor)
    {
        _host = host;
        Folder = folder;
        Actor = actor;
    }

    /// <summary>The data directory.</summary>
    public string Folder { get; }

    /// <summary>The administrator, who is Reviewer and Operator too.</summary>
    public Actor Actor { get; }

    /// <summary>The engine's parts.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts runs.</summary>
    public RunStarter Starter => Get<RunStarter>();

    /// <summary>The database.</summary>
    public Database Database => Get<Database>();

    /// <summary>Starts the engine.</summary>
    /// <param name="folder">The data directory; an empty one gets a migrated database with the administrator.</param>
    /// <param name="model">The scripted model's address; it becomes the connection <c>stub</c> and the default.</param>
    /// <param name="configure">Changes to the services, a clock or crash points for instance.</param>
    /// <param name="settings">Configuration beside that.</param>
    public static async Task<EngineHost> StartAsync(string folder, string? model = null, Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings)
    {
        Directory.CreateDirectory(folder);
        await SeedAsync(folder);
        var host = await BuildAsync(folder, model, configure, settings);
        try
        {
            await host.StartAsync();
            return new EngineHost(host, folder, await AdministratorAsync(host));
        }
        catch (Exception)
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Configuration of a connection <c>stub</c> to the scripted model, without caps.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(string model) =>
    [
        new("Models:Connections:stub:Kind", "openai"), new("Models:Connections:stub:Endpoint", model), new("Models:Connections:practice:Kind", "practice"), new("Models:Default", "stub/m"),
        new("Limits:RunTokens", "0"), new("Limits:RequestsPerMinute", "0"),
    ];

    /// <summary>A part of the engine.</summary>
    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Makes a pipeline and publishes it.</summary>
    public async Task<Guid> PublishAsync(PipelineFile file)
    {
        var editor = Get<PipelineEditor>();
        var made = await editor.CreateAsync(file.ToBytes(), Actor, null, CancellationToken.None);
        if (made.Refusal is { } unreadable) throw new InvalidOperationException(unreadable.Message);
        var published = await editor.PublishAsync(made.Value!.Id, null, Actor, null, CancellationToken.None);
        if (published.Refusal is { } refusal) throw new InvalidOperationException(string.Join("\n", refusal.Problems?.Select(x => $"{x.Code} {x.Node} {x.Message}") ?? [refusal.Message]));
        return made.Value.Id;
    }

    /// <summary>Starts a run.</summary>
    public async Task<Guid> RunAsync(Guid pipeline, object inputs)
    {
        var started = await Starter.StartAsync(new RunRequest { Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(inputs) }, Actor, CancellationToken.None);
        return started.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Message) : started.Value;
    }

    /// <summary>How many runs are not over.</summary>
    public async Task<long> UnfinishedAsync() => (long)(await ScalarAsync("SELECT COUNT(*) FROM Runs WHERE Status < 3"))!;

    /// <summary>Rows of a query, each as its columns.</summary>
    public async Task<List<object?[]>> QueryAsync(string sql)
    {
        await using var connection = await Database.OpenConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = await reader.IsDBNullAsync(i) ? null : reader.GetValue(i);
            rows.Add(row);
        }
        return rows;
    }

    /// <summary>One value of a query.</summary>
    public async Task<object?> ScalarAsync(string sql) => (await QueryAsync(sql))[0][0];

    /// <summary>Waits until every run is over or waits.</summary>
    public async Task SettleAsync(TimeSpan? patience = null)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while ((long)(await ScalarAsync("SELECT COUNT(*) FROM Runs WHERE Status < 2"))! > 0)
        {
            if (since.Elapsed > (patience ?? TimeSpan.FromSeconds(30))) throw new TimeoutException("Runs are still queued or running.");
            await Task.Delay(2);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(Database.ConnectionString);
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        SqliteConnection.ClearPool(connection);
    }

    private static async Task<IHost> BuildAsync(string folder, string? model, Action<IServiceCollection>? configure, IEnumerable<(string Key, string Value)> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(model is null ? [] : Settings(model));
        builder.Configuration.AddInMemoryCollection([new("Bootstrap:AdminEmail", AppProcess.Administrator), new("Bootstrap:AdminPassword", "correct horse battery")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(x => new KeyValuePair<string, string?>(x.Key, x.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddData(new DatabaseOptions { DataDirectory = folder });
        builder.Services.AddRuntime(builder.Configuration);
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.Services.GetRequiredService<DatabaseStart>().RunAsync(CancellationToken.None);
        return host;
    }

    /// <summary>A migrated database with its administrator is made once and copied: migrating takes longer than most tests.</summary>
    private static async Task SeedAsync(string folder)
    {
        var file = Path.Combine(folder, "promptdesigner.db");
        if (File.Exists(file)) return;
        await Once.WaitAsync();
        try
        {
            if (_template is null)
            {
                var first = Directory.CreateTempSubdirectory("pd-template-").FullName;
                var host = await BuildAsync(first, null, null, []);
                await host.Services.GetRequiredService<Bootstrap>().RunAsync(0, CancellationToken.None);
                await using (var connection = await host.Services.GetRequiredService<Database>().OpenConnectionAsync(CancellationToken.None))
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                    await command.ExecuteNonQueryAsync();
                    SqliteConnection.ClearPool((SqliteConnection)connection);
                }
                host.Dispose();
                _template = Path.Combine(first, "promptdesigner.db");
            }
        }
        finally
        {
            Once.Release();
        }
        File.Copy(_template, file);
    }

    private static async Task<Actor> AdministratorAsync(IHost host)
    {
        var found = await host.Services.GetRequiredService<Bootstrap>().AdministratorAsync(AppProcess.Administrator, CancellationToken.None);
        return found ?? throw new InvalidOperationException("The database has no administrator.");
    }
}
