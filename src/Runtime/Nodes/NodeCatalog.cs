using System.Reflection;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>Every node kind that this program knows, found once.</summary>
public sealed class NodeCatalog
{
    private static readonly Lazy<NodeCatalog> Found = new(() => new NodeCatalog(
        typeof(Node).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Node)) && !type.IsAbstract)));

    private readonly Dictionary<string, NodeKind> _kinds = new(StringComparer.Ordinal);

    /// <summary>A catalogue of the given classes.</summary>
    /// <exception cref="NodeCatalogException">One of them is written wrongly; the message names it.</exception>
    public NodeCatalog(IEnumerable<Type> nodes)
    {
        foreach (var type in nodes)
        {
            var kind = Describe(type);
            if (!_kinds.TryAdd(kind.Kind, kind))
                throw new NodeCatalogException(type, $"has the kind '{kind.Kind}', and so has {_kinds[kind.Kind].Node.GetType().FullName}");
        }
        Kinds = [.. _kinds.Values.OrderBy(kind => kind.Group).ThenBy(kind => kind.Title, StringComparer.Ordinal)];
    }

    /// <summary>The kinds of this program. A mistake in one of them shows at the first use, which is the start.</summary>
    public static NodeCatalog Standard => Found.Value;

    /// <summary>All kinds, in the palette's order.</summary>
    public IReadOnlyList<NodeKind> Kinds { get; }

    /// <summary>The kind, or null where there is none of that name.</summary>
    public NodeKind? Find(string kind) => _kinds.GetValueOrDefault(kind);

    /// <summary>The kind.</summary>
    /// <exception cref="UnknownNodeKindException">There is none of that name.</exception>
    public NodeKind Get(string kind) => Find(kind) ?? throw new UnknownNodeKindException(kind, Nearest.To(kind, _kinds.Keys));

    /// <summary>Reads a node's settings strictly; what is wrong is in the findings.</summary>
    /// <exception cref="UnknownNodeKindException">Its kind is unknown.</exception>
    public BoundNode Bind(GraphNode node)
    {
        var kind = Get(node.Kind);
        var binder = new SettingsBinder(Names.Of(node));
        var settings = binder.Bind(kind, node.Settings);
        return new BoundNode(kind, settings, binder.Findings);
    }

    private static NodeKind Describe(Type type)
    {
        var named = type.GetCustomAttribute<NodeAttribute>() ?? throw new NodeCatalogException(type, "has no [Node]");
        if (type.GetConstructor(Type.EmptyTypes) is null) throw new NodeCatalogException(type, "cannot be made without arguments");
        var node = (Node)Activator.CreateInstance(type)!;
        var settings = SettingDescription.Of(node.SettingsType);
        var kind = new NodeKind
        {
            Kind = named.Kind,
            Title = named.Title,
            Group = named.Group,
            Description = named.Description,
            Node = node,
            Settings = settings,
            SettingsSchema = Nodes.SettingsSchema.Of(settings),
        };
        Survives(kind);
        return kind;
    }

    private static void Survives(NodeKind kind)
    {
        var type = kind.Node.SettingsType;
        try
        {
            var written = JsonSerializer.SerializeToElement(Activator.CreateInstance(type), type, SettingsBinder.Json);
            var binder = new SettingsBinder(kind.Kind);
            var read = binder.Bind(kind, written);
            if (binder.Findings.FirstOrDefault(finding => finding.Code is not "setting_missing") is { } lost)
                throw new NodeCatalogException(type, $"does not survive JSON: {lost.Message}");
            if (!JsonElement.DeepEquals(written, JsonSerializer.SerializeToElement(read, type, SettingsBinder.Json)))
                throw new NodeCatalogException(type, "does not survive JSON: it is read back with other values");
            kind.Node.PortsOf(read);
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new NodeCatalogException(type, $"does not survive JSON: {fault.Message}");
        }
    }
}
