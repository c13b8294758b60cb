using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Keeps drafts as runs see them, so that a run is pinned while its draft goes on.</summary>
internal sealed class DraftSnapshots(ReadConnections read, JournalWriter writer, GraphJudge judge)
{
    /// <summary>
    /// Pins the draft as it is now. The answer is its revision; a draft with errors is refused with its problems, unless they hinder publishing alone. Where one node alone is tried and
    /// the errors are elsewhere, the part that leads to it is pinned under a number below 0.
    /// </summary>
    public async Task<Answer<int>> PinAsync(Guid pipeline, int workspace, TryPart? part, CancellationToken cancel)
    {
        var drafts = await read.ReadAsync("SELECT Key, DraftRevision, Draft FROM Pipelines WHERE WorkspaceId = @1 AND Id = @2",
            x => (Key: x.GetInt32(0), Revision: x.GetInt32(1), Graph: x.GetString(2)), cancel, workspace, pipeline);
        if (drafts.Count == 0) return new Refusal("not_found", "There is no such pipeline.");
        var (key, revision, graph) = drafts[0];
        if ((await read.ReadAsync("SELECT 1 FROM DraftSnapshots WHERE PipelineKey = @1 AND Revision = @2", x => x.GetInt32(0), cancel, key, revision)).Count > 0) return revision;
        var draft = GraphJudge.ReadStored(graph);
        var problems = await judge.ProblemsAsync(draft, workspace, pipeline, cancel);
        if (PipelineEditor.HasErrors(problems, x => x.HindersRunning, "run") is { } refusal)
            return part is { Alone: true, From: { } from } && OneNode.Of(draft, from) is { } one ? await PinPartAsync(key, one, workspace, cancel) : refusal;
        await writer.WriteAsync(t => t.Of("INSERT OR IGNORE INTO DraftSnapshots (WorkspaceId, PipelineKey, Revision, Graph) VALUES (@1, @2, @3, @4)").Run(workspace, key, revision, graph));
        return revision;
    }

    private async Task<Answer<int>> PinPartAsync(int pipeline, Graph one, int workspace, CancellationToken cancel)
    {
        var problems = await judge.ProblemsAsync(one, workspace, cancel);
        if (PipelineEditor.HasErrors(problems, x => x.HindersRunning, "run") is { } refusal) return refusal;
        var graph = judge.Write(one);
        return await writer.WriteAsync(t =>
        {
            if (t.Of("SELECT Revision FROM DraftSnapshots WHERE PipelineKey = @1 AND Revision < 0 AND Graph = @2").Scalar(pipeline, graph) is long known) return (int)known;
            var number = (int)t.Number("SELECT MIN(0, COALESCE(MIN(Revision), 0)) - 1 FROM DraftSnapshots WHERE PipelineKey = @1", pipeline);
            t.Of("INSERT INTO DraftSnapshots (WorkspaceId, PipelineKey, Revision, Graph) VALUES (@1, @2, @3, @4)").Run(workspace, pipeline, number, graph);
            return number;
        });
    }
}
