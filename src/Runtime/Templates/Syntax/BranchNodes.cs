using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>One branch of <c>if</c>; without a condition it is <c>else</c>.</summary>
internal sealed record IfBranch(Condition? Condition, bool Negated, Block Body)
{
    public bool? Constant => Condition is null ? true : Condition.Constant is { } constant ? constant != Negated : null;
}

/// <summary><c>if</c> and <c>unless</c>: the first branch that holds. Branches behind an <c>else</c> are parsed and never run, as in Liquid.</summary>
internal sealed class IfNode(IReadOnlyList<IfBranch> branches) : Node
{
    public override bool IsBlank { get; } = branches.All(b => b.Body.IsBlank);

    public override Flow Render(RenderState state)
    {
        foreach (var branch in branches)
            if (branch.Condition is null || branch.Condition.Holds(state) != branch.Negated) return branch.Body.Render(state);
        return Flow.On;
    }

    public override void Trace(ReadTrace trace)
    {
        var fork = trace.Fork();
        foreach (var branch in branches)
        {
            branch.Condition?.Trace(trace);
            if (branch.Constant == false) continue;
            fork.Take(branch.Body, branch.Condition is null || branch.Negated ? [] : branch.Condition.Guards);
            if (branch.Constant == true)
            {
                fork.Join(andNone: false);
                return;
            }
        }
        fork.Join(andNone: true);
    }
}

/// <summary>One <c>when</c> with its values, or an <c>else</c> without.</summary>
internal sealed record CaseBranch(IReadOnlyList<Expression>? Values, Block Body);

/// <summary><c>case</c>: every <c>when</c> that fits runs, once for each value that fits; <c>else</c> where none before it did. That is Liquid's meaning.</summary>
internal sealed class CaseNode(Expression subject, IReadOnlyList<CaseBranch> branches) : Node
{
    public override bool IsBlank { get; } = branches.All(b => b.Body.IsBlank);

    public override Flow Render(RenderState state)
    {
        var value = subject.Evaluate(state);
        var matched = false;
        foreach (var branch in branches)
        {
            if (branch.Values is null)
            {
                if (!matched && branch.Body.Render(state) is var left and not Flow.On) return left;
                continue;
            }
            foreach (var candidate in branch.Values)
            {
                state.Step();
                if (!Comparing.AreEqual(value, candidate.Evaluate(state), state)) continue;
                matched = true;
                if (branch.Body.Render(state) is var flow and not Flow.On) return flow;
            }
        }
        return Flow.On;
    }

    public override void Trace(ReadTrace trace)
    {
        subject.Trace(trace, true);
        var fork = trace.Fork();
        var hasElse = false;
        foreach (var branch in branches)
        {
            foreach (var value in branch.Values ?? []) value.Trace(trace, true);
            // What a `when` behind the `else` assigns is a bonus that no later reader can count on.
            if (hasElse) trace.Aside(branch.Body);
            else fork.Take(branch.Body, []);
            hasElse |= branch.Values is null;
        }
        fork.Join(andNone: !hasElse);
    }
}
