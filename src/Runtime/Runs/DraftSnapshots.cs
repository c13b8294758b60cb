using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Keeps drafts as runs see them, so that a run is pinned while its draft goes on.</summary>
internal sealed class DraftSnapshots(ReadConnections read, JournalWriter writer, GraphJudge judge)
{
    /// <summary>Pins the draft as it is now. The answer is its revision; a draft with errors is refused with its problems.</summary>
    public async Task<Answer<int>> PinAsync(Guid pipeline, int workspace, CancellationToken cancel)
    {
        var drafts = await read.ReadAsync("SELECT Key, DraftRevision, Draft FROM Pipelines WHERE WorkspaceId = @1 AND Id = @2",
            x => (Key: x.GetInt32(0), Revision: x.GetInt32(1), Graph: x.GetString(2)), cancel, workspace, pipeline);
        if (drafts.Count == 0) return new Refusal("not_found", "There is no such pipeline.");
        var (key, revision, graph) = drafts[0];
        if ((await read.ReadAsync("SELECT 1 FROM DraftSnapshots WHERE PipelineKey = @1 AND Revision = @2", x => x.GetInt32(0), cancel, key, revision)).Count > 0) return revision;
        var problems = await judge.ProblemsAsync(GraphJudge.ReadStored(graph), workspace, cancel);
        if (problems.Any(x => !x.IsWarning)) return PipelineEditor.HasErrors(problems, "run");
        await writer.WriteAsync(t => t.Of("INSERT OR IGNORE INTO DraftSnapshots (WorkspaceId, PipelineKey, Revision, Graph) VALUES (@1, @2, @3, @4)").Run(workspace, key, revision, graph));
        return revision;
    }
}
