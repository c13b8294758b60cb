using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>A part of a template that renders. The parser bounds how deep parts lie in each other, so walking them may recurse.</summary>
internal abstract class Node
{
    /// <summary>It gives no text but white space; a block of nothing else gives none at all.</summary>
    public abstract bool IsBlank { get; }

    public abstract Flow Render(RenderState state);

    /// <summary>Tells what it may read from outside, in the order in which it would.</summary>
    public abstract void Trace(ReadTrace trace);
}

/// <summary>Parts one after the other.</summary>
internal sealed class Block
{
    private readonly List<Node> nodes = [];

    public IReadOnlyList<Node> Nodes => nodes;

    public bool IsBlank => nodes.TrueForAll(n => n.IsBlank);

    public void Add(Node node) => nodes.Add(node);

    public void RemoveBlankText() => nodes.RemoveAll(n => n is TextNode { IsBlank: true });

    public Flow Render(RenderState state)
    {
        foreach (var node in nodes)
        {
            state.Step();
            var flow = node.Render(state);
            if (flow != Flow.On) return flow;
        }
        return Flow.On;
    }

    public void Trace(ReadTrace trace)
    {
        foreach (var node in nodes)
        {
            if (trace.IsUnreachable) return;
            node.Trace(trace);
        }
    }
}

internal sealed class TextNode(string text, bool raw) : Node
{
    public override bool IsBlank { get; } = !raw && string.IsNullOrWhiteSpace(text);

    public override Flow Render(RenderState state)
    {
        state.Write(text);
        return Flow.On;
    }

    public override void Trace(ReadTrace trace) { }
}

internal sealed class OutputNode(FilteredExpression expression) : Node
{
    public FilteredExpression Expression => expression;

    public override bool IsBlank => false;

    public override Flow Render(RenderState state)
    {
        state.Write(Value(state));
        return Flow.On;
    }

    /// <summary>The value, which must be there.</summary>
    public TemplateValue Value(RenderState state)
    {
        var value = expression.Evaluate(state);
        if (value.Kind == ValueKind.Missing) throw state.Missing(value.Missing);
        if (value.Kind == ValueKind.Nil) throw state.Null(expression.From, expression.To);
        return value;
    }

    public override void Trace(ReadTrace trace) => expression.Trace(trace);
}

internal sealed class AssignNode(string name, FilteredExpression expression) : Node
{
    public override bool IsBlank => true;

    public override Flow Render(RenderState state)
    {
        var value = expression.Evaluate(state);
        if (value.Kind == ValueKind.Missing) throw state.Missing(value.Missing);
        state.Assign(name, value);
        return Flow.On;
    }

    public override void Trace(ReadTrace trace)
    {
        expression.Trace(trace);
        trace.Assign(name);
    }
}

internal sealed class CaptureNode(string name, Block body) : Node
{
    public override bool IsBlank => true;

    public override Flow Render(RenderState state)
    {
        var (text, flow) = state.Capture(body);
        state.Assign(name, TemplateValue.Of(text));
        return flow;
    }

    public override void Trace(ReadTrace trace)
    {
        body.Trace(trace);
        trace.Assign(name);
    }
}

/// <summary><c>break</c> and <c>continue</c>; outside of loops they end the template, as in Liquid.</summary>
internal sealed class JumpNode(Flow flow) : Node
{
    public override bool IsBlank => false;

    public override Flow Render(RenderState state) => flow;

    public override void Trace(ReadTrace trace) => trace.Stop();
}
