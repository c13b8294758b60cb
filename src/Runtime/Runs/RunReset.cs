using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>
/// What a retry sets back. A failed step keeps its path and goes on counting its attempts; a step that succeeded and runs again, and a gate
/// that was rejected or withdrawn, gets its next round. A gate that was decided before the run could take the decision over waits on, for that decision.
/// </summary>
internal sealed class RunReset(RunState state, RestoredRows rows, IReadOnlySet<string> gates, IReadOnlySet<string> decided)
{
    private readonly Dictionary<string, Step> _reset = new(StringComparer.Ordinal);

    /// <summary>Everything that did not come to its end.</summary>
    public void Unfinished() => Unfinished(state.Root);

    /// <summary>A step and all that follows it, outward too. False where the path names no step's latest round.</summary>
    public bool From(string sortPath)
    {
        if (FindScope(sortPath) is not { } scope) return false;
        var (node, round) = StepPath.LastOf(sortPath);
        var step = scope.Find(node);
        if (step is null || step.Round != round || step.Status == StepStatus.Pending) return false;
        Again(step);
        while (true)
        {
            foreach (var rank in scope.Plan.Topology.Downstream(step.Node.Rank)) Again(scope.Steps[rank]);
            if (scope.Container is not { } container) return true;
            Put(container.SortPath); // the container keeps its path and its other iterations
            step = container;
            scope = container.Scope;
        }
    }

    /// <summary>The rows to write, each as it is to be from now on.</summary>
    public IReadOnlyList<Step> Steps => [.. _reset.Values];

    private void Unfinished(ScopeState scope)
    {
        foreach (var step in scope.Steps)
        {
            if (step.Status is StepStatus.Succeeded or StepStatus.Skipped or StepStatus.Pending || decided.Contains(step.SortPath)) continue;
            if (step.Node.Inside is null || step.ErrorCode == "unhandled_port" || rows.Peek(step.SortPath) is not { } iterations)
            {
                Again(step);
                continue;
            }
            Put(step.SortPath);
            var rejectedItemsStand = step.ErrorCode != StepState.Rejected; // a list keeps a rejected item as a result; a repeat ends with it
            foreach (var (iteration, iterationRows) in iterations)
            {
                var inside = new ScopeState(step.Node.Inside, StepPath.Inside(step.SortPath, iteration), step, iteration);
                RestoredRows.Fill(inside, iterationRows);
                if (!rejectedItemsStand || inside.Failure is not { ErrorCode: StepState.Rejected }) Unfinished(inside);
            }
        }
    }

    private void Again(StepState step)
    {
        if (step.Status == StepStatus.Pending) return;
        var nextRound = step.Status is StepStatus.Succeeded or StepStatus.Skipped || step.ErrorCode == "unhandled_port" || gates.Contains(step.SortPath);
        Put(nextRound ? step.Scope.Prefix + StepPath.Segment(step.Node.Rank, step.Node.Id, step.Round + 1) : step.SortPath);
    }

    private void Put(string sortPath) => _reset.TryAdd(sortPath, new Step { SortPath = sortPath });

    private ScopeState? FindScope(string sortPath)
    {
        var scope = state.Root;
        var parts = sortPath.Split('/');
        for (var i = 0; i < parts.Length - 1; i++)
        {
            var open = parts[i].IndexOf('[', StringComparison.Ordinal);
            var (node, round) = StepPath.LastOf(parts[i][..open]);
            var iteration = int.Parse(parts[i].AsSpan(open + 2, parts[i].Length - open - 3), System.Globalization.CultureInfo.InvariantCulture);
            if (scope.Find(node) is not { } container || container.Round != round || rows.Peek(container.SortPath) is not { } iterations) return null;
            if (!iterations.TryGetValue(iteration, out var iterationRows)) return null;
            var inside = new ScopeState(container.Node.Inside!, StepPath.Inside(container.SortPath, iteration), container, iteration);
            RestoredRows.Fill(inside, iterationRows);
            scope = inside;
        }
        return scope;
    }
}
