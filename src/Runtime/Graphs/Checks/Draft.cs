using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>A document while it is checked: what every check looks at, and where each says what it found.</summary>
internal sealed class Draft
{
    private readonly List<Problem> _problems = [];

    public Draft(Graph graph, NodeCatalog catalog, GraphFacts facts)
    {
        (Graph, Catalog, Facts) = (graph, catalog, facts);
        Index = GraphIndex.Of(graph, catalog);
        Bound = [.. graph.Nodes.Select(node => catalog.Find(node.Kind) is null ? null : catalog.Bind(node))];
    }

    public Graph Graph { get; }

    public NodeCatalog Catalog { get; }

    public GraphFacts Facts { get; }

    public GraphIndex Index { get; }

    /// <summary>Kinds and settings by the nodes' positions; null where the kind is unknown.</summary>
    public IReadOnlyList<BoundNode?> Bound { get; }

    public IReadOnlyList<Problem> Problems => _problems;

    public string Called(int node) => Names.Of(Graph.Nodes[node]);

    public static string PathOf(int node, string below = "") => $"{Pointer.Of("nodes", node)}{below}";

    public bool IsContainer(int node) => Bound[node]?.Kind.IsContainer ?? true;

    public void Report(Problem problem) => _problems.Add(problem);

    public void Error(string code, string path, int node, string message, ProblemFix? fix = null) =>
        _problems.Add(new Problem(code, false, path, node < 0 ? null : Graph.Nodes[node].Id, message, fix));

    public void Warn(string code, string path, int node, string message, ProblemFix? fix = null) =>
        _problems.Add(new Problem(code, true, path, node < 0 ? null : Graph.Nodes[node].Id, message, fix));
}
