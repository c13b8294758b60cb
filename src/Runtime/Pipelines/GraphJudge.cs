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

    /// <summary>What the checks ask of the world was changed, so that documents have other problems: in a workspace, of one pipeline or (null) of all.</summary>
    public event Action<int, Guid?>? Changed;

    /// <summary>All problems of a document that belongs to no pipeline, errors and warnings.</summary>
    public Task<IReadOnlyList<Problem>> ProblemsAsync(Graph graph, int workspace, CancellationToken cancel) => ProblemsAsync(graph, workspace, null, cancel);

    /// <summary>All problems of a pipeline's document, errors and warnings: the exceptions made for the pipeline count.</summary>
    public async Task<IReadOnlyList<Problem>> ProblemsAsync(Graph graph, int workspace, Guid? pipeline, CancellationToken cancel)
    {
        var reviewers = await _read.ReadAsync("SELECT u.NormalizedEmail FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE m.WorkspaceId = @1 AND (m.Rights & 1) = 1",
            x => x.GetString(0), cancel, workspace);
        var models = await _models.OfAsync(workspace, cancel);
        var warns = (await _read.ReadAsync("SELECT 1 FROM Workspaces WHERE Id = @1 AND MaySendUngated = 1", x => x.GetInt32(0), cancel, workspace)).Count > 0;
        var allowed = pipeline is not { } id ? [] : await _read.ReadAsync("SELECT e.Node FROM SendExceptions e JOIN Pipelines p ON p.Key = e.PipelineKey WHERE p.WorkspaceId = @1 AND p.Id = @2",
            x => x.GetString(0), cancel, workspace, id);
        return GraphCheck.Check(graph, _catalog, new GraphFacts
        {
            IsKnownModel = models.IsKnown,
            ReviewerExists = mail => reviewers.Contains(mail.ToUpperInvariant(), StringComparer.Ordinal),
            MaySendUngated = node => allowed.Contains(node, StringComparer.Ordinal),
            WarnsOfUngated = warns,
        });
    }

    /// <summary>Tells whoever shows problems that there may be others now.</summary>
    internal void Tell(int workspace, Guid? pipeline) => Changed?.Invoke(workspace, pipeline);

    /// <summary>A document in canonical form.</summary>
    public string Write(Graph graph) => Encoding.UTF8.GetString(GraphWriter.Write(graph));

    /// <summary>A document that was stored in canonical form.</summary>
    public static Graph ReadStored(string file) => GraphReader.Read(Encoding.UTF8.GetBytes(file)) is GraphReadResult.Read read
        ? read.Graph
        : throw new InvalidOperationException("A stored graph cannot be read.");
}
