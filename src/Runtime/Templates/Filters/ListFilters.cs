using System.Text;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters over lists as a whole. As in Liquid a value that is no list is a list of one, and lists in lists are flattened.</summary>
internal static class ListFilters
{
    public static Filter[] All { get; } =
    [
        new("join", 0, 1, Join),
        new("first", 0, 0, (input, _, state) => Member(input, "first", state)),
        new("last", 0, 0, (input, _, state) => Member(input, "last", state)),
        new("concat", 1, 1, Concat),
        new("reverse", 0, 0, (input, _, state) => TemplateValue.Of(Lists.ToFilter(input, state).AsEnumerable().Reverse().ToArray())),
        new("map", 1, 1, Map),
        new("sort", 0, 1, (input, arguments, state) => Sort(input, arguments, state, (a, b) => Ordered(a, b, state))),
        new("sort_natural", 0, 1, (input, arguments, state) => Sort(input, arguments, state, (a, b) => Natural(a, b, state))),
        new("sum", 0, 1, Sum),
    ];

    /// <summary>A property of an item, as <c>map</c>, <c>where</c> and others read it; nil where it has none.</summary>
    public static TemplateValue Property(in TemplateValue item, in TemplateValue property, RenderState state)
    {
        if (item.Kind is ValueKind.Object or ValueKind.Loop)
        {
            if (property.Kind != ValueKind.Text) return TemplateValue.Nil;
            return item.Kind == ValueKind.Object && item.Json.TryGetProperty(property.Text, out var json) ? TemplateValue.From(json) : TemplateValue.Nil;
        }
        throw state.NoValue($"an item has no property '{ValueText.Of(property, state)}', it is no object");
    }

    private static TemplateValue Join(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var between = arguments.Has(0) ? ValueText.Of(arguments[0], state) : " ";
        var made = new StringBuilder();
        var first = true;
        foreach (var item in Lists.ToFilter(input, state))
        {
            var text = ValueText.Of(item, state);
            state.Made((long)text.Length + between.Length);
            if (!first) made.Append(between);
            first = false;
            made.Append(text);
        }
        return TemplateValue.Of(made.ToString());
    }

    private static TemplateValue Member(in TemplateValue input, string which, RenderState state)
    {
        if (input.Kind == ValueKind.Object) return which == "first" ? Lists.ToWalk(input, state).FirstOrDefault(TemplateValue.Nil) : TemplateValue.Nil;
        return Members.TryGet(input, which, out var member) ? member : TemplateValue.Nil;
    }

    private static TemplateValue Concat(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        if (arguments[0].Kind is not (ValueKind.List or ValueKind.Range)) throw state.NoValue("'concat' takes a list");
        TemplateValue[] joined = [.. Lists.ToFilter(input, state), .. Lists.Of(arguments[0], state)];
        state.Step(joined.Length);
        return TemplateValue.Of(joined);
    }

    private static TemplateValue Map(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var property = arguments[0];
        return TemplateValue.Of(Array.ConvertAll(Lists.ToFilter(input, state), item => Property(item, property, state)));
    }

    private static TemplateValue Sum(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var sum = TemplateValue.Of(0L);
        foreach (var item in Lists.ToFilter(input, state))
            sum = NumberFilters.Plus(sum, arguments.Has(0) ? Property(item, arguments[0], state) : item, state);
        return sum;
    }

    private static TemplateValue Sort(in TemplateValue input, FilterArguments arguments, RenderState state, Comparison<TemplateValue> compare)
    {
        var items = Lists.ToFilter(input, state);
        var property = arguments[0];
        state.Step(items.Length);
        var keyed = Array.ConvertAll(items, item => (Key: property.IsNothing ? item : Property(item, property, state), Item: item));
        StableSort.Sort(keyed, (a, b) => Last(a.Key, b.Key) ?? compare(a.Key, b.Key));
        return TemplateValue.Of(Array.ConvertAll(keyed, k => k.Item));
    }

    /// <summary>Items without a key come last.</summary>
    private static int? Last(in TemplateValue a, in TemplateValue b) => a.IsNothing || b.IsNothing ? a.IsNothing.CompareTo(b.IsNothing) : null;

    private static int Ordered(in TemplateValue a, in TemplateValue b, RenderState state)
    {
        state.Step();
        return Comparing.Order(a, b) ?? throw state.NoValue("only numbers or only texts can be sorted; `sort_natural` sorts anything as text");
    }

    private static int Natural(in TemplateValue a, in TemplateValue b, RenderState state)
    {
        state.Step();
        return string.Compare(ValueText.Of(a, state).ToLowerInvariant(), ValueText.Of(b, state).ToLowerInvariant(), StringComparison.Ordinal);
    }
}
