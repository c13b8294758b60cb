using PromptDesigner.Runtime.Graphs.References;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>A document while it is checked: what every check looks at, and where each says what it found.</summary>
internal sealed class Draft
{
    private const int Most = 1_000;
    private readonly List<Problem> _errors = [];
    private readonly List<Problem> _warnings = [];
    private readonly List<Reading>?[] _readings;
    private int _comparisons = 300_000;

    public Draft(Graph graph, NodeCatalog catalog, GraphFacts facts)
    {
        (Graph, Catalog, Facts) = (graph, catalog, facts);
        Index = GraphIndex.Of(graph, catalog);
        Bound = [.. graph.Nodes.Select(node => catalog.Find(node.Kind) is null ? null : catalog.Bind(node))];
        _readings = new List<Reading>?[graph.Nodes.Count];
    }

    public Graph Graph { get; }

    public NodeCatalog Catalog { get; }

    public GraphFacts Facts { get; }

    public GraphIndex Index { get; }

    /// <summary>Kinds and settings by the nodes' positions; null where the kind is unknown.</summary>
    public IReadOnlyList<BoundNode?> Bound { get; }

    /// <summary>Errors first; of each at most a thousand, which is more than anybody reads.</summary>
    public IReadOnlyList<Problem> Problems => [.. _errors, .. _warnings];

    /// <summary>True where looking further would tell nobody anything new: it is wrong a thousand times.</summary>
    public bool IsFull => _errors.Count >= Most;

    /// <summary>What a node's settings read. Collected once, since templates that cannot be parsed are reported on the way.</summary>
    public IReadOnlyList<Reading> ReadingsOf(int node) => _readings[node] ??= Readings.Of(this, node);

    public string Called(int node) => Names.Of(Graph.Nodes[node]);

    public static string PathOf(int node, string below = "") => $"{Pointer.Of("nodes", node)}{below}";

    public bool IsContainer(int node) => Bound[node]?.Kind.IsContainer ?? true;

    public void Report(Problem problem)
    {
        var found = problem.IsWarning ? _warnings : _errors;
        if (found.Count < Most) found.Add(problem);
    }

    public void Error(string code, string path, int node, string message, ProblemFix? fix = null) =>
        Report(new Problem(code, false, path, node < 0 ? null : Graph.Nodes[node].Id, message, fix));

    public void Warn(string code, string path, int node, string message, ProblemFix? fix = null) =>
        Report(new Problem(code, true, path, node < 0 ? null : Graph.Nodes[node].Id, message, fix));

    /// <summary>The name probably meant; null beyond the number of comparisons that one check may spend on being kind.</summary>
    public string? Suggest(string name, IReadOnlyCollection<string> candidates) =>
        (_comparisons -= candidates.Count) < 0 ? null : Nearest.To(name, candidates);
}
