using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>Something with a value: a literal, a path, a range.</summary>
internal abstract class Expression
{
    /// <summary>The value; of kind Missing where a path leads nowhere. Whoever asks decides whether that is an error.</summary>
    public abstract TemplateValue Evaluate(RenderState state);

    /// <summary>Tells what it reads from outside.</summary>
    public abstract void Trace(ReadTrace trace, bool mayBeMissing);
}

/// <summary>A value written out in the template; <c>nil</c>, <c>empty</c> and <c>blank</c> too.</summary>
internal sealed class LiteralExpression(TemplateValue value) : Expression
{
    public TemplateValue Value { get; } = value;

    public override TemplateValue Evaluate(RenderState state) => Value;

    public override void Trace(ReadTrace trace, bool mayBeMissing) { }
}

/// <summary>Whole numbers from one bound to the other. Unlike elsewhere, a missing bound is always an error: there is no range without it.</summary>
internal sealed class RangeExpression(Expression from, Expression to, int fromOffset, int toOffset) : Expression
{
    public override TemplateValue Evaluate(RenderState state)
    {
        var place = state.Place;
        state.Place = (fromOffset, toOffset);
        var range = TemplateValue.OfRange(Bound(from, state), Bound(to, state));
        state.Place = place;
        return range;
    }

    public override void Trace(ReadTrace trace, bool mayBeMissing)
    {
        from.Trace(trace, false);
        to.Trace(trace, false);
    }

    private static long Bound(Expression bound, RenderState state)
    {
        var value = bound.Evaluate(state);
        if (value.Kind == ValueKind.Missing) throw state.Missing(value.Missing);
        var number = Number.Of(value);
        if (number.IsWhole) return number.Whole;
        if (Math.Abs(number.Real) > long.MaxValue / 2) throw state.NoValue("a bound is too large");
        return (long)number.Real;
    }
}
