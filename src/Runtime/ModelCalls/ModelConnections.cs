using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.ModelCalls.Providers;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>The connections of the configuration, ready to be asked.</summary>
public sealed class ModelConnections : IDisposable
{
    private readonly FrozenDictionary<string, (ConnectionOptions Settings, IModelProvider Provider)> _connections;
    private readonly string _default;
    private readonly HttpClient _http;

    /// <summary>Builds a provider for each connection; nothing is sent yet.</summary>
    public ModelConnections(IOptions<ModelOptions> options, TimeProvider clock)
    {
        _default = options.Value.Default;
        _http = new HttpClient(new ModelHttp(clock)) { Timeout = Timeout.InfiniteTimeSpan };
        var connections = new Dictionary<string, (ConnectionOptions, IModelProvider)>(StringComparer.Ordinal);
        foreach (var (name, settings) in options.Value.Connections) connections.Add(name, (settings, Make(settings, clock)));
        if (connections.Count == 0) connections.Add("practice", (new ConnectionOptions { Kind = "practice" }, Make(new ConnectionOptions { Kind = "practice" }, clock)));
        _connections = connections.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>True where a model of that name can be asked.</summary>
    public bool IsKnown(string model) => Find(model) is not null;

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>The way to a model; null where there is none.</summary>
    internal ModelRoute? Find(string model)
    {
        if (model == "default") model = _default;
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == model.Length - 1 || !_connections.TryGetValue(model[..slash], out var connection)) return null;
        var name = model[(slash + 1)..];
        var isPractice = connection.Settings.Kind == "practice";
        if (!isPractice && connection.Settings.Models.Count > 0 && !connection.Settings.Models.Contains(name, StringComparer.Ordinal)) return null;
        return new ModelRoute(model, name, connection.Provider, isPractice);
    }

    /// <summary>Why a model cannot be asked, and what could.</summary>
    internal string WhyNot(string model) =>
        $"The model '{model}' is not available here. Write connection/model; connections are {string.Join(", ", _connections.Select(x => x.Value.Settings.Models.Count > 0 ? $"{x.Key} ({string.Join(", ", x.Value.Settings.Models)})" : x.Key))}.";

    private IModelProvider Make(ConnectionOptions settings, TimeProvider clock)
    {
        if (settings.Kind != "practice") return new OpenAiProvider(settings, _http);
        Rehearsal.TryParse(settings.Rehearse, out var rehearsal);
        return new PracticeProvider(rehearsal, clock);
    }
}

/// <summary>A model and the way to it.</summary>
/// <param name="Name"><c>connection/model</c>, as the log names it.</param>
/// <param name="Model">The name at the provider.</param>
/// <param name="Provider">Who is asked.</param>
/// <param name="IsPractice">The practice model: runs that it answers in send nothing.</param>
internal sealed record ModelRoute(string Name, string Model, IModelProvider Provider, bool IsPractice);
