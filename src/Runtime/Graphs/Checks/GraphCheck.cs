using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>x</summary>
public static class GraphCheck { /// <summary>x</summary>
    public static IReadOnlyList<Problem> Check(Graph graph, NodeCatalog catalog, GraphFacts facts) => []; }
