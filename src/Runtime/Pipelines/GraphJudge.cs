using System.Text;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Pipelines;

/// <summary>Checks documents with what a workspace knows: its models and its reviewers.</summary>
public sealed class GraphJudge
{
    private readonly NodeCatalog _catalog;
    private readonly ModelConnections _models;
    private readonly ReadConnections _read;

    internal GraphJudge(NodeCatalog catalog, ModelConnections models, ReadConnections read)
    {
        _catalog = catalog;
        _models = models;
        _read = read;
    }

    /// <summary>All problems of a document, errors and warnings.</summary>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(Graph graph, int workspace, CancellationToken cancel)
    {
        var reviewers = await _read.ReadAsync("SELECT u.NormalizedEmail FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE m.WorkspaceId = @1 AND (m.Rights & 1) = 1",
            x => x.GetString(0), cancel, workspace);
        var models = await _models.OfAsync(workspace, cancel);
        return GraphCheck.Check(graph, _catalog, new GraphFacts { IsKnownModel = models.IsKnown, ReviewerExists = mail => reviewers.Contains(mail.ToUpperInvariant(), StringComparer.Ordinal) });
    }

    /// <summary>A document in canonical form.</summary>
    public string Write(Graph graph) => Encoding.UTF8.GetString(GraphWriter.Write(graph));

    /// <summary>A document that was stored in canonical form.</summary>
    public static Graph ReadStored(string file) => GraphReader.Read(Encoding.UTF8.GetBytes(file)) is GraphReadResult.Read read
        ? read.Graph
        : throw new InvalidOperationException("A stored graph cannot be read.");
}
