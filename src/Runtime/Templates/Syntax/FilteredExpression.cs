using PromptDesigner.Runtime.Templates.Filters;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>A filter as used in one place, with its arguments.</summary>
internal sealed record FilterUse(Filter Filter, IReadOnlyList<FilterArgument> Arguments, int To);

/// <summary>An argument; <paramref name="Keyword"/> where it is given by name.</summary>
internal readonly record struct FilterArgument(string? Keyword, Expression Value, int From, int To);

/// <summary>A value and the filters that it goes through. Here the rule about missing values is kept: one is an error unless a <c>default</c> follows.</summary>
internal sealed class FilteredExpression(Expression primary, IReadOnlyList<FilterUse> filters, int from)
{
    private readonly int lastDefault = LastDefault(filters);

    public Expression Primary => primary;

    public bool HasFilters => filters.Count > 0;

    public int From => from;

    public int To { get; init; }

    /// <summary>The value; of kind Missing only where nothing stands behind the path, or <c>default</c> itself names a missing value.</summary>
    public TemplateValue Evaluate(RenderState state)
    {
        state.Place = (from, To);
        var value = primary.Evaluate(state);
        for (var i = 0; i < filters.Count; i++)
        {
            var use = filters[i];
            state.Step();
            if (value.IsNothing) value = AsInput(value, i, state);
            var arguments = Evaluate(use, i, state);
            state.Place = (from, use.To);
            value = use.Filter.Call(value, arguments, state);
        }
        return value;
    }

    public void Trace(ReadTrace trace)
    {
        primary.Trace(trace, lastDefault >= 0);
        for (var i = 0; i < filters.Count; i++)
            foreach (var argument in filters[i].Arguments) argument.Value.Trace(trace, lastDefault > i);
    }

    private TemplateValue AsInput(in TemplateValue value, int filter, RenderState state)
    {
        if (lastDefault < filter)
        {
            if (value.Kind == ValueKind.Missing) throw state.Missing(value.Missing);
            if (!filters[filter].Filter.TakesNull) throw state.Null(from, filter == 0 ? EndOfPrimary() : filters[filter - 1].To);
        }
        return TemplateValue.Nil;
    }

    private FilterArguments Evaluate(FilterUse use, int index, RenderState state)
    {
        if (use.Arguments.Count == 0) return FilterArguments.None;
        var values = new TemplateValue[use.Arguments.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var argument = use.Arguments[i];
            state.Place = (argument.From, argument.To);
            values[i] = argument.Value.Evaluate(state);
            if (!values[i].IsNothing || argument.Value is LiteralExpression || use.Filter.IsDefault) continue;
            if (lastDefault <= index)
            {
                if (values[i].Kind == ValueKind.Missing) throw state.Missing(values[i].Missing);
                if (i < use.Filter.ComparesFrom) throw state.Null(argument.From, argument.To);
            }
            values[i] = TemplateValue.Nil;
        }
        return new FilterArguments(values, use.Arguments);
    }

    private int EndOfPrimary() => primary is PathExpression path ? path.End : To;

    private static int LastDefault(IReadOnlyList<FilterUse> filters)
    {
        for (var i = filters.Count - 1; i >= 0; i--)
            if (filters[i].Filter.IsDefault) return i;
        return -1;
    }
}
