using System.Globalization;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.Graphs.References;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Finds everything that is wrong with a document, all at once.</summary>
public static class GraphCheck
{
    /// <summary>Errors first, each kind of finding in the document's order, at most a thousand errors and as many warnings; empty where all is well.</summary>
    public static IReadOnlyList<Problem> Check(Graph graph, NodeCatalog catalog, GraphFacts facts)
    {
        // What is this large cannot come from a file; looking further at it would take its time for nothing.
        if (graph.Nodes.Count > GraphReader.MostNodes)
            return [new Problem("limit", false, "/nodes", null, string.Create(CultureInfo.InvariantCulture,
                $"A pipeline may have {GraphReader.MostNodes:N0} nodes; this one has {graph.Nodes.Count:N0}."))];
        var draft = new Draft(graph, catalog, facts);
        DocumentCheck.Run(draft);
        PlaceCheck.Run(draft);
        EdgeCheck.Run(draft);
        WayCheck.Run(draft);
        SettingsCheck.Run(draft);
        var shapes = new Shapes(draft);
        ReferenceCheck.Run(draft, shapes);
        SendCheck.Run(draft);
        CaseCheck.Run(draft, shapes);
        return draft.Problems;
    }
}
