using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>Where each node of a graph stands in its picture, containers around what is in them.</summary>
public sealed class GraphLayout
{
    /// <summary>A node's width in canvas units.</summary>
    public const double NodeWidth = 232;

    /// <summary>A node's height in canvas units.</summary>
    public const double NodeHeight = 72;

    private const double Gap = 28;
    private const double TitleBar = 44;

    private readonly Dictionary<string, Box> _boxes = new(StringComparer.Ordinal);
    private readonly ILookup<string, GraphNode> _inside;
    private readonly Dictionary<string, Point> _places;

    /// <summary>Lays a graph out. A file whose nodes all stand on one spot is drawn from left to right along its edges.</summary>
    public GraphLayout(Graph graph)
    {
        var ids = graph.Nodes.Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        _inside = graph.Nodes.Where(x => x.Parent is not null && ids.Contains(x.Parent)).ToLookup(x => x.Parent!, StringComparer.Ordinal);
        _places = Places(graph);
        foreach (var node in graph.Nodes.Where(x => x.Parent is null || !ids.Contains(x.Parent))) Place(node, 0, 0, 0);
        if (_boxes.Count == 0) return;
        Left = _boxes.Values.Min(x => x.X);
        Top = _boxes.Values.Min(x => x.Y);
        Width = _boxes.Values.Max(x => x.X + x.Width) - Left;
        Height = _boxes.Values.Max(x => x.Y + x.Height) - Top;
    }

    /// <summary>The left edge of everything.</summary>
    public double Left { get; }

    /// <summary>The upper edge of everything.</summary>
    public double Top { get; }

    /// <summary>The whole width.</summary>
    public double Width { get; } = NodeWidth;

    /// <summary>The whole height.</summary>
    public double Height { get; } = NodeHeight;

    /// <summary>A node's place; null where the graph has no such node.</summary>
    public Box? Of(string id) => _boxes.GetValueOrDefault(id);

    /// <summary>The colour group of a kind, as the tokens name it.</summary>
    public static string Tone(string kind) => NodeCatalog.Standard.Find(kind)?.Group switch
    {
        NodeGroup.InputOutput => "slate",
        NodeGroup.Models => "accent",
        NodeGroup.Data => "cyan",
        NodeGroup.Flow => "wait",
        NodeGroup.People => "rose",
        NodeGroup.Actions => "ok",
        _ => "bad",
    };

    private Box Place(GraphNode node, double x, double y, int depth)
    {
        var at = _places[node.Id];
        var (left, top) = (x + at.X, y + at.Y);
        var isContainer = NodeCatalog.Standard.Find(node.Kind)?.IsContainer == true;
        if (!isContainer || depth > 5) return _boxes[node.Id] = new Box(left, top, NodeWidth, NodeHeight, false);
        var children = _inside[node.Id].Select(child => Place(child, left, top, depth + 1)).ToList();
        var right = Math.Max(left + NodeWidth, children.Count == 0 ? 0 : children.Max(c => c.X + c.Width) + Gap);
        var bottom = Math.Max(top + NodeHeight + TitleBar, children.Count == 0 ? 0 : children.Max(c => c.Y + c.Height) + Gap);
        if (node.Size is { } size) (right, bottom) = (Math.Max(right, left + size.Width), Math.Max(bottom, top + size.Height));
        return _boxes[node.Id] = new Box(left, top, right - left, bottom - top, true);
    }

    private static Dictionary<string, Point> Places(Graph graph)
    {
        var places = new Dictionary<string, Point>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes) places[node.Id] = node.Position;
        foreach (var scope in graph.Nodes.GroupBy(x => x.Parent))
        {
            if (scope.Count() < 2 || scope.Select(x => x.Position).Distinct().Count() > 1) continue;
            var nodes = scope.Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
            var depth = nodes.ToDictionary(x => x, _ => 0, StringComparer.Ordinal);
            var edges = graph.Edges.Where(x => nodes.Contains(x.From) && nodes.Contains(x.To)).ToList();
            for (var round = 0; round < Math.Min(nodes.Count, 200); round++) // a cycle ends with the rounds
            {
                var moved = false;
                foreach (var edge in edges.Where(x => depth[x.To] <= depth[x.From] && depth[x.From] < nodes.Count))
                {
                    depth[edge.To] = depth[edge.From] + 1;
                    moved = true;
                }
                if (!moved) break;
            }
            foreach (var column in scope.GroupBy(x => depth[x.Id]))
                foreach (var (row, node) in column.Index()) places[node.Id] = new Point(Gap + column.Key * 280, TitleBar + Gap + row * 120);
        }
        return places;
    }

    /// <summary>A node's place in canvas units.</summary>
    public sealed record Box(double X, double Y, double Width, double Height, bool IsContainer);
}
