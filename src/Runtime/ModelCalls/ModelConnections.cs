using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.ModelCalls.Providers;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>The connections of the configuration and of each workspace, ready to be asked. A workspace's are read once and again after they changed.</summary>
public sealed class ModelConnections : IDisposable
{
    private readonly FrozenDictionary<string, OpenConnection> _configured;
    private readonly string _default;
    private readonly HttpClient _http;
    private readonly ReadConnections _read;
    private readonly ConnectionSecrets _secrets;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<int, WorkspaceModels> _workspaces = [];
    private readonly Lock _lock = new();
    private long _changes;

    /// <summary>Builds a provider for each configured connection; nothing is sent or read yet.</summary>
    internal ModelConnections(IOptions<ModelOptions> options, ReadConnections read, ConnectionSecrets secrets, TimeProvider clock)
    {
        _default = options.Value.Default;
        _read = read;
        _secrets = secrets;
        _clock = clock;
        _http = new HttpClient(new ModelHttp(clock)) { Timeout = Timeout.InfiniteTimeSpan };
        var configured = new Dictionary<string, OpenConnection>(StringComparer.Ordinal);
        foreach (var (name, settings) in options.Value.Connections) configured.Add(name, Open(settings));
        if (configured.Count == 0) configured.Add("practice", Open(new ConnectionOptions { Kind = "practice" }));
        _configured = configured.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Names of configured connections; no workspace can take them.</summary>
    public IReadOnlyCollection<string> Configured => _configured.Keys;

    /// <summary>Configured connections by name with their kind, endpoint and models; without keys.</summary>
    public IEnumerable<(string Name, string Kind, string? Endpoint, IReadOnlyList<string> Models)> Shown =>
        _configured.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => (x.Key, x.Value.Settings.Kind, x.Value.Settings.Endpoint, (IReadOnlyList<string>)x.Value.Settings.Models));

    /// <summary>What a workspace can ask.</summary>
    public async ValueTask<WorkspaceModels> OfAsync(int workspace, CancellationToken cancel)
    {
        if (_workspaces.TryGetValue(workspace, out var known)) return known;
        var before = Interlocked.Read(ref _changes);
        var loaded = await LoadAsync(workspace, cancel);
        lock (_lock)
            if (before == _changes) _workspaces[workspace] = loaded; // else somebody changed something while it was read: the next one reads again
        return loaded;
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>Forgets what it knows of a workspace, after its rows changed.</summary>
    internal void Forget(int workspace)
    {
        lock (_lock)
        {
            _changes++;
            _workspaces.TryRemove(workspace, out _);
        }
    }

    /// <summary>A connection ready to be asked, stored or not.</summary>
    internal OpenConnection Open(ConnectionOptions settings, IReadOnlyDictionary<string, PriceOptions>? prices = null)
    {
        if (settings.Kind != "practice") return new OpenConnection(settings, new OpenAiProvider(settings, _http), prices);
        Rehearsal.TryParse(settings.Rehearse, out var rehearsal);
        return new OpenConnection(settings, new PracticeProvider(rehearsal, _clock), prices);
    }

    private async Task<WorkspaceModels> LoadAsync(int workspace, CancellationToken cancel)
    {
        var connections = new Dictionary<string, OpenConnection>(_configured, StringComparer.Ordinal);
        foreach (var (name, settings, stored, prices) in await _read.ReadAsync("SELECT Name, Kind, Endpoint, ProtectedKey, Models, Prices, Rehearse FROM Connections WHERE WorkspaceId = @1",
                     x => (x.GetString(0), new ConnectionOptions { Kind = x.GetString(1), Endpoint = x.TextOrNull(2), Models = JsonSerializer.Deserialize<List<string>>(x.GetString(4))!, Rehearse = x.TextOrNull(6) },
                         x.TextOrNull(3), ConnectionPrices.Read(x.GetString(5))), cancel, workspace))
        {
            settings.ApiKey = stored is null ? null : _secrets.Reveal(stored);
            var isUnreadable = stored is not null && settings.ApiKey is null;
            connections.TryAdd(name, isUnreadable ? new OpenConnection(settings, new UnreadableKeyProvider(name), prices) : Open(settings, prices));
        }
        var own = await _read.ReadAsync("SELECT DefaultModel, RunCost, DayCost, RunTokens FROM Workspaces WHERE Id = @1",
            x => (Default: x.TextOrNull(0), Caps: new WorkspaceCaps(Money(x, 1), Money(x, 2), x.IsDBNull(3) ? 0 : x.GetInt64(3))), cancel, workspace);
        return new WorkspaceModels(connections.ToFrozenDictionary(StringComparer.Ordinal), own.FirstOrDefault().Default ?? _default, own.FirstOrDefault().Caps ?? new WorkspaceCaps(0, 0, 0));
    }

    private static decimal Money(System.Data.IDataRecord row, int column) => row.IsDBNull(column) ? 0 : PicoMoney.FromPico(row.GetInt64(column));

    /// <summary>Stands for a connection whose stored key the key ring no longer opens.</summary>
    private sealed class UnreadableKeyProvider(string connection) : IModelProvider
    {
        public Task<ProviderAnswer> AskAsync(ProviderCall call, CancellationToken cancel) =>
            throw new ProviderFailure(FailureKind.Auth, $"The stored key of the connection '{connection}' cannot be read any more. Enter it again in the connection.");
    }
}
