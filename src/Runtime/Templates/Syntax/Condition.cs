using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>One comparison, or one value alone, of a condition. Missing and null are allowed.</summary>
internal sealed record Comparison(Expression Left, string? Operator, Expression? Right, int From, int To)
{
    public bool Holds(RenderState state)
    {
        state.Step();
        state.Place = (From, To);
        var left = Left.Evaluate(state);
        return Operator is null ? left.IsTruthy : Comparing.Holds(left, Operator, Right!.Evaluate(state), state);
    }
}

/// <summary>Comparisons joined by <c>and</c> and <c>or</c>, which bind from the right as Liquid's do.</summary>
internal sealed class Condition(IReadOnlyList<Comparison> parts, IReadOnlyList<bool> ands)
{
    /// <summary>The outcome, where the condition is a literal alone.</summary>
    public bool? Constant => parts is [{ Operator: null, Left: LiteralExpression literal }] ? literal.Value.IsTruthy : null;

    /// <summary>Paths that have a value wherever the condition holds.</summary>
    public IEnumerable<ValuePath> Guards => ands.All(and => and)
        ? parts.Where(p => p.Operator is null).Select(p => p.Left).OfType<PathExpression>().Where(p => p.IsStatic).Select(p => p.Path)
        : [];

    public bool Holds(RenderState state)
    {
        for (var i = 0; i < ands.Count; i++)
        {
            var holds = parts[i].Holds(state);
            if (holds != ands[i]) return holds;
        }
        return parts[^1].Holds(state);
    }

    public void Trace(ReadTrace trace)
    {
        foreach (var part in parts)
        {
            part.Left.Trace(trace, true);
            part.Right?.Trace(trace, true);
        }
    }
}
