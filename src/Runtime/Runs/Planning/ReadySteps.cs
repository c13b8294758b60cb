using PromptDesigner.Data.Runs;

namespace PromptDesigner.Runtime.Runs.Planning;

/// <summary>Where a node of a scope stands, as far as its followers care.</summary>
/// <param name="Status">Its latest round's status; <c>Pending</c> where it has not begun.</param>
/// <param name="Port">The port it left by, once it succeeded.</param>
public readonly record struct NodeState(StepStatus Status, string? Port = null)
{
    /// <summary>Nothing more comes of it.</summary>
    public bool IsSettled => Status is StepStatus.Succeeded or StepStatus.Failed or StepStatus.Skipped or StepStatus.Cancelled;
}

/// <summary>What to do next in a scope.</summary>
/// <param name="Start">Nodes whose inputs are settled and of which one is live.</param>
/// <param name="Skip">Nodes to which no live way leads any more, in topological order.</param>
/// <param name="Ended">Nothing runs, waits or may start: the scope is over.</param>
public sealed record NextSteps(IReadOnlyList<int> Start, IReadOnlyList<int> Skip, bool Ended);

/// <summary>Decides what may start. A pure function of the drawing and of where its nodes stand: no clock, no I/O.</summary>
public static class ReadySteps
{
    private static readonly NextSteps Nothing = new([], [], false);
    private static readonly NextSteps Over = new([], [], true);

    /// <summary>What to do next. A scope in which a step has failed for good, or was cancelled, starts nothing more and ends when nothing runs; what waits there is to be withdrawn.</summary>
    public static NextSteps Next(ScopeTopology scope, ReadOnlySpan<NodeState> states)
    {
        if (IsStopping(states)) return IsBusy(states, countWaiting: false) ? Nothing : Over;
        List<int>? start = null, skip = null;
        Span<bool> skipped = scope.Count <= 512 ? stackalloc bool[scope.Count] : new bool[scope.Count];
        for (var node = 0; node < scope.Count; node++)
        {
            if (states[node].Status != StepStatus.Pending) continue;
            switch (Judge(scope, states, skipped, node))
            {
                case Verdict.Start:
                    (start ??= []).Add(node);
                    break;
                case Verdict.Skip:
                    skipped[node] = true;
                    (skip ??= []).Add(node);
                    break;
            }
        }
        var ended = start is null && !IsBusy(states, countWaiting: true);
        if (start is null && skip is null) return ended ? Over : Nothing;
        return new NextSteps(start ?? [], skip ?? [], ended);
    }

    /// <summary>True where a step failed for good or was cancelled, so that nothing more starts.</summary>
    public static bool IsStopping(ReadOnlySpan<NodeState> states)
    {
        foreach (var state in states)
            if (state.Status is StepStatus.Failed or StepStatus.Cancelled) return true;
        return false;
    }

    private static bool IsBusy(ReadOnlySpan<NodeState> states, bool countWaiting)
    {
        foreach (var state in states)
            if (state.Status == StepStatus.Running || (countWaiting && state.Status is StepStatus.Waiting or StepStatus.Uncertain)) return true;
        return false;
    }

    private enum Verdict { NotYet, Start, Skip }

    private static Verdict Judge(ScopeTopology scope, ReadOnlySpan<NodeState> states, ReadOnlySpan<bool> skipped, int node)
    {
        var live = scope.Into(node).Count == 0;
        foreach (var edge in scope.Into(node))
        {
            if (skipped[edge.From]) continue;
            var from = states[edge.From];
            if (!from.IsSettled) return Verdict.NotYet;
            live |= from.Status == StepStatus.Succeeded && from.Port == edge.Port;
        }
        return live && !scope.Disabled[node] ? Verdict.Start : Verdict.Skip;
    }
}
