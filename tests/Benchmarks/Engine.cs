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
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>The engine without its HTTP server, in this process.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly IHost _host;

    private Engine(IHost host, Actor actor)
    {
        _host = host;
        Actor = actor;
    }

    public Actor Actor { get; }

    public RunStarter Starter => _host.Services.GetRequiredService<RunStarter>();

    public RunFeed Feed => _host.Services.GetRequiredService<RunFeed>();

    public Database Database => _host.Services.GetRequiredService<Database>();

    public static async Task<Engine> StartAsync(string folder, string model)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings(model).Append(new("Bootstrap:AdminEmail", AppProcess.Administrator)).Append(new("Bootstrap:AdminPassword", "correct horse battery")));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddData(new DatabaseOptions { DataDirectory = folder });
        builder.Services.AddRuntime(builder.Configuration);
        var host = builder.Build();
        await host.Services.GetRequiredService<DatabaseStart>().RunAsync(CancellationToken.None);
        var actor = await host.Services.GetRequiredService<Bootstrap>().RunAsync(CancellationToken.None);
        await host.StartAsync();
        return new Engine(host, actor!);
    }

    /// <summary>A connection <c>stub</c> to the scripted model, without caps.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(string model) =>
    [
        new("Models:Connections:stub:Kind", "openai"), new("Models:Connections:stub:Endpoint", model), new("Models:Default", "stub/m"),
        new("Limits:RunTokens", "0"), new("Limits:RequestsPerMinute", "0"),
    ];

    public async Task<Guid> PublishAsync(PipelineFile file)
    {
        var editor = _host.Services.GetRequiredService<PipelineEditor>();
        var made = await editor.CreateAsync(file.ToBytes(), Actor, null, CancellationToken.None);
        var published = await editor.PublishAsync(made.Value!.Id, null, Actor, null, CancellationToken.None);
        if (published.Refusal is { } refusal) throw new InvalidOperationException(refusal.Message);
        return made.Value.Id;
    }

    public async Task<long> OverAsync(CancellationToken cancel = default)
    {
        await using var connection = await Database.OpenConnectionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Runs WHERE Status < 3";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}
