using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>What a loop walks over, and which part of it.</summary>
internal sealed record ForHead(string Variable, Expression Items, string ItemsText, int From, int To)
{
    public Expression? Limit { get; init; }

    public Expression? Offset { get; init; }

    public bool Continues { get; init; }

    public bool Reversed { get; init; }
}

/// <summary><c>for</c>, with <c>else</c> for an empty list.</summary>
internal sealed class ForNode(ForHead head, Block body, Block? otherwise) : Node
{
    private readonly string name = $"{head.Variable}-{head.ItemsText}";

    public override bool IsBlank { get; } = body.IsBlank && (otherwise?.IsBlank ?? true);

    public override Flow Render(RenderState state)
    {
        var (items, from, to) = Part(state);
        if (from >= to) return otherwise?.Render(state) ?? Flow.On;
        var loop = new ForLoop(name, to - from, state.CurrentLoop);
        state.EnterLoop(head.Variable, loop);
        for (var i = 0; i < to - from; i++)
        {
            state.Step();
            loop.Round = i;
            state.SetLoopVariable(items[head.Reversed ? to - 1 - i : from + i]);
            if (body.Render(state) == Flow.Break) break;
        }
        state.LeaveLoop();
        return Flow.On;
    }

    public override void Trace(ReadTrace trace)
    {
        head.Items.Trace(trace, false);
        head.Limit?.Trace(trace, false);
        head.Offset?.Trace(trace, false);
        trace.Loop(head.Variable, body);
        if (otherwise is not null) trace.Aside(otherwise);
    }

    private (TemplateValue[] Items, int From, int To) Part(RenderState state)
    {
        state.Place = (head.From, head.To);
        var list = head.Items.Evaluate(state);
        if (list.Kind == ValueKind.Missing) throw state.Missing(list.Missing);
        var from = head.Continues ? state.LoopEnds.GetValueOrDefault(name) : Bound(head.Offset, state) ?? 0;
        var limit = Bound(head.Limit, state);
        // A huge range is walked without being made, so that `limit` can tame it.
        if (list.Kind == ValueKind.Range && limit is { } most && list.Range is var (first, last) && last - first >= (long)from + most)
            list = TemplateValue.OfRange(first, first + from + most - 1);
        var items = Lists.ToWalk(list, state);
        from = Math.Clamp(from, 0, items.Length);
        var to = limit is { } length ? (int)Math.Clamp((long)from + length, from, items.Length) : items.Length;
        state.LoopEnds[name] = to;
        return (items, from, to);
    }

    private static int? Bound(Expression? expression, RenderState state)
    {
        if (expression is null) return null;
        var value = expression.Evaluate(state);
        if (value.Kind == ValueKind.Missing) throw state.Missing(value.Missing);
        if (value.Kind == ValueKind.Nil) return null;
        if (!value.IsNumber && value.Kind != ValueKind.Text) throw state.NoValue("limit and offset must be whole numbers");
        var number = Number.Of(value);
        return (int)Math.Clamp(number.Real, int.MinValue, int.MaxValue);
    }
}
