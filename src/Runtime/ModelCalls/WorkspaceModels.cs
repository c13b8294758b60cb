using System.Collections.Frozen;
using PromptDesigner.Runtime.ModelCalls.Providers;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>The models that one workspace can ask: those of configured connections, then those of its own.</summary>
public sealed class WorkspaceModels
{
    private readonly FrozenDictionary<string, OpenConnection> _connections;
    private readonly string _default;

    internal WorkspaceModels(FrozenDictionary<string, OpenConnection> connections, string defaultModel, WorkspaceCaps caps)
    {
        _connections = connections;
        _default = defaultModel;
        Caps = caps;
    }

    /// <summary>What <c>default</c> means here: <c>connection/model</c>.</summary>
    public string Default => _default;

    /// <summary>The workspace's own caps.</summary>
    internal WorkspaceCaps Caps { get; }

    /// <summary>True where a model of that name can be asked.</summary>
    public bool IsKnown(string model) => Find(model) is not null;

    /// <summary>Models that connections list, as <c>connection/model</c>, in the order of their names; a connection that lists none offers any name.</summary>
    public IEnumerable<string> Listed => _connections.OrderBy(x => x.Key, StringComparer.Ordinal)
        .SelectMany(x => (x.Value.Settings.Kind == "practice" ? ["practice"] : x.Value.Settings.Models).Select(model => $"{x.Key}/{model}"));

    /// <summary>The way to a model; null where there is none.</summary>
    internal ModelRoute? Find(string model)
    {
        if (model == "default") model = _default;
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == model.Length - 1 || !_connections.TryGetValue(model[..slash], out var connection)) return null;
        var name = model[(slash + 1)..];
        var isPractice = connection.Settings.Kind == "practice";
        if (!isPractice && connection.Settings.Models.Count > 0 && !connection.Settings.Models.Contains(name, StringComparer.Ordinal)) return null;
        return new ModelRoute(model, name, connection.Provider, isPractice, connection.Prices?.GetValueOrDefault(name));
    }

    /// <summary>Why a model cannot be asked, and what could.</summary>
    internal string WhyNot(string model) =>
        $"The model '{model}' is not available here. Write connection/model; connections are {string.Join(", ", _connections.Select(x => x.Value.Settings.Models.Count > 0 ? $"{x.Key} ({string.Join(", ", x.Value.Settings.Models)})" : x.Key))}.";
}

/// <summary>A connection, ready to be asked.</summary>
internal sealed record OpenConnection(ConnectionOptions Settings, IModelProvider Provider, IReadOnlyDictionary<string, PriceOptions>? Prices = null);

/// <summary>What a workspace lowered the caps of <c>Limits:*</c> to; 0: nothing.</summary>
internal sealed record WorkspaceCaps(decimal RunCost, decimal DayCost, long RunTokens);

/// <summary>A model and the way to it.</summary>
/// <param name="Name"><c>connection/model</c>, as the log names it.</param>
/// <param name="Model">The name at the provider.</param>
/// <param name="Provider">Who is asked.</param>
/// <param name="IsPractice">The practice model: runs that it answers in send nothing.</param>
/// <param name="Price">The connection's own price, before every other; null: it has none.</param>
internal sealed record ModelRoute(string Name, string Model, IModelProvider Provider, bool IsPractice, PriceOptions? Price);
