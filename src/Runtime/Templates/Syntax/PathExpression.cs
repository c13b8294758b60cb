using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>One step of a path in a template: a field, or an index that is worked out.</summary>
internal readonly record struct PathStep(string? Field, Expression? Index);

/// <summary>A name and what is read of it (<c>ticket.labels[0]</c>, <c>menu[item.kind]</c>).</summary>
internal sealed class PathExpression(string name, IReadOnlyList<PathStep> steps, Source source, int from, int to) : Expression
{
    private readonly ValuePath path = MakePath(name, steps);

    public string Name => name;

    /// <summary>Where it ends in the source.</summary>
    public int End => to;

    /// <summary>The path as far as it is written out; <see cref="IsStatic"/> tells whether that is all of it.</summary>
    public ValuePath Path => path;

    public bool IsStatic => path.Segments.Count == steps.Count;

    public override TemplateValue Evaluate(RenderState state)
    {
        if (!state.TryGet(name, out var value)) return Missing(steps.Count == 0 ? null : $": there is no '{name}'");
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            TemplateValue next;
            bool found;
            if (step.Field is { } field) found = Members.TryGet(value, field, out next);
            else
            {
                var index = step.Index!.Evaluate(state);
                if (index.Kind == ValueKind.Missing) return index;
                found = Members.TryGet(value, index, out next);
            }
            if (!found) return Missing(Members.WhyNot(value, step.Field));
            value = next;
        }
        return value;
    }

    public override void Trace(ReadTrace trace, bool mayBeMissing)
    {
        foreach (var step in steps) step.Index?.Trace(trace, mayBeMissing);
        trace.Read(path, from, mayBeMissing);
    }

    private TemplateValue Missing(string? detail) => TemplateValue.Of(new MissingPlace(source.Excerpt(from, to), from, detail));

    private static ValuePath MakePath(string name, IReadOnlyList<PathStep> steps)
    {
        var segments = new List<PathSegment>(steps.Count);
        foreach (var step in steps)
        {
            if (step.Field is { } field) segments.Add(new PathSegment(field, null));
            else if (step.Index is LiteralExpression { Value: { Kind: ValueKind.Integer, Whole: >= int.MinValue and <= int.MaxValue } index })
                segments.Add(new PathSegment(null, (int)index.Whole));
            else break;
        }
        return new ValuePath(name, segments);
    }
}
