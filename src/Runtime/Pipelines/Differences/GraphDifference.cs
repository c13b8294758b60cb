using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Pipelines.Differences;

/// <summary>What became of a thing from one version to another.</summary>
public enum Change { Added, Removed, Changed }

/// <summary>A setting that differs.</summary>
/// <param name="Path">Where it stands in its node, with slashes.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Before">Its value as text, JSON where it is no text; empty: not set.</param>
/// <param name="After">The same, later.</param>
public sealed record SettingDifference(string Path, string Label, string Before, string After);

/// <summary>A node that differs.</summary>
/// <param name="Node">The node as it is, or as it was where it is gone.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Settings">What differs in it, where it is in both.</param>
public sealed record NodeDifference(GraphNode Node, Change Change, IReadOnlyList<SettingDifference> Settings);

/// <summary>A connection that is in one of the two.</summary>
public sealed record EdgeDifference(GraphEdge Edge, Change Change);

/// <summary>What differs between two graphs for whoever runs or reads them: where a node is drawn makes no difference.</summary>
/// <param name="Nodes">Nodes, in the later graph's order; those that are gone at the end.</param>
/// <param name="Edges">Connections.</param>
/// <param name="Pipeline">Name, description and notes.</param>
public sealed record GraphDifference(IReadOnlyList<NodeDifference> Nodes, IReadOnlyList<EdgeDifference> Edges, IReadOnlyList<SettingDifference> Pipeline)
{
    /// <summary>How many things differ.</summary>
    public int Count => Nodes.Count + Edges.Count + Pipeline.Count;

    /// <summary>Compares two graphs by the ids of their nodes.</summary>
    /// <param name="before">The earlier.</param>
    /// <param name="after">The later.</param>
    public static GraphDifference Of(Graph before, Graph after)
    {
        var earlier = before.Nodes.ToLookup(x => x.Id);
        var there = after.Nodes.Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        var nodes = new List<NodeDifference>();
        foreach (var node in after.Nodes)
        {
            if (earlier[node.Id].FirstOrDefault() is not { } was) nodes.Add(new NodeDifference(node, Change.Added, []));
            else if (SettingDifferences.Of(was, node) is { Count: > 0 } settings) nodes.Add(new NodeDifference(node, Change.Changed, settings));
        }
        nodes.AddRange(before.Nodes.Where(x => !there.Contains(x.Id)).Select(x => new NodeDifference(x, Change.Removed, [])));
        var (edges, wanted) = (before.Edges.Select(KeyOf).ToHashSet(), after.Edges.Select(KeyOf).ToHashSet());
        return new GraphDifference(
            nodes, [.. after.Edges.Where(x => !edges.Contains(KeyOf(x))).Select(x => new EdgeDifference(x, Change.Added)), .. before.Edges.Where(x => !wanted.Contains(KeyOf(x))).Select(x => new EdgeDifference(x, Change.Removed))],
            [.. SettingDifferences.Of(before, after)]);
    }

    /// <summary>The later graph with what is gone still in it, so that both can be seen in one picture.</summary>
    public Graph Over(Graph after)
    {
        var gone = Nodes.Where(x => x.Change == Change.Removed).Select(x => x.Node).ToList();
        var all = after.Nodes.Concat(gone).Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        return after with
        {
            Nodes = [.. after.Nodes, .. gone.Select(x => x.Parent is { } parent && !all.Contains(parent) ? x with { Parent = null } : x)],
            Edges = [.. after.Edges, .. Edges.Where(x => x.Change == Change.Removed).Select(x => x.Edge)],
        };
    }

    /// <summary>One name for a connection, whatever its file calls it: <c>from:port&gt;to:port</c>.</summary>
    public static string KeyOf(GraphEdge edge) => $"{edge.From}:{edge.FromPort}>{edge.To}:{edge.ToPort}";
}
