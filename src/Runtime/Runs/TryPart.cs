using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>What a node gave once.</summary>
/// <param name="Output">Its output.</param>
/// <param name="Port">The port it left by; null: <c>out</c>.</param>
public sealed record KnownOutput(JsonElement Output, string? Port);

/// <summary>A part of a draft that is tried with what is known already. Nodes inside containers count as their outermost container.</summary>
public sealed record TryPart
{
    /// <summary>The node with which it begins; null: with the input.</summary>
    public string? From { get; init; }

    /// <summary>Only that node, with whatever of its sources is not known; else everything that follows too.</summary>
    public bool Alone { get; init; }

    /// <summary>What earlier runs gave, by node id.</summary>
    public IReadOnlyDictionary<string, KnownOutput> Last { get; init; } = new Dictionary<string, KnownOutput>();

    /// <summary>Outputs that were pinned, by node id: these nodes do not run, but for the one that is begun with.</summary>
    public IReadOnlyDictionary<string, KnownOutput> Pinned { get; init; } = new Dictionary<string, KnownOutput>();

    /// <summary>Rows of the steps that do not run; refused where the draft has no such node.</summary>
    internal Answer<List<Step>> Rows(RunPlan plan, int workspace, DateTimeOffset now)
    {
        var scope = plan.Root;
        int? from = null;
        if (From is not null)
        {
            if (Outermost(plan, From) is not { } begin) return new Refusal("request_invalid", $"The draft has no node '{From}' any more.");
            from = begin.Rank;
        }
        var after = from is { } start ? scope.Topology.Downstream(start) : null;
        var rows = new List<Step>();
        foreach (var node in scope.Nodes)
        {
            if (node.Rank == plan.Input.Rank || node.Rank == from) continue;
            if (Pinned.GetValueOrDefault(node.Id) is { } pinned) rows.Add(Given(node, pinned));
            else if (Alone && from is { } one && !scope.Topology.Downstream(node.Rank).Contains(one)) rows.Add(new Step { SortPath = node.FirstSegment, WorkspaceId = workspace, Status = StepStatus.Skipped, FinishedAt = now });
            else if (after is not null && !after.Contains(node.Rank) && node.Rank != plan.Output.Rank && Last.GetValueOrDefault(node.Id) is { } last) rows.Add(Given(node, last));
        }
        return rows;

        Step Given(PlanNode node, KnownOutput known) => new()
        {
            SortPath = node.FirstSegment, WorkspaceId = workspace, Status = StepStatus.Succeeded, Port = known.Port, FinishedAt = now, OutputSource = OutputSource.Own, Output = known.Output.GetRawText(),
        };
    }

    private static PlanNode? Outermost(RunPlan plan, string id)
    {
        var node = plan.FindNode(id);
        while (node?.Graph.Parent is { } parent && plan.Root.Find(node.Id) is null) node = plan.FindNode(parent);
        return node;
    }
}
