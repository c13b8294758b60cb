using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters that choose items of a list, by a property and what it must equal.</summary>
internal static class ChoosingFilters
{
    public static Filter[] All { get; } =
    [
        Choosing("where", (items, fits, _) => TemplateValue.Of(Array.FindAll(items, fits))),
        Choosing("reject", (items, fits, _) => TemplateValue.Of(Array.FindAll(items, item => !fits(item)))),
        Choosing("find", (items, fits, _) => Array.FindIndex(items, fits) is >= 0 and var at ? items[at] : TemplateValue.Nil),
        Choosing("find_index", (items, fits, _) => Array.FindIndex(items, fits) is >= 0 and var at ? TemplateValue.Of((long)at) : TemplateValue.Nil),
        Choosing("has", (items, fits, _) => TemplateValue.Of(Array.Exists(items, fits))),
        new("compact", 0, 1, Compact),
        new("uniq", 0, 1, Unique),
    ];

    private static Filter Choosing(string name, Func<TemplateValue[], Predicate<TemplateValue>, RenderState, TemplateValue> choose) =>
        new(name, 1, 2, (input, arguments, state) =>
        {
            var (property, wanted) = (arguments[0], arguments[1]);
            var items = Lists.ToFilter(input, state);
            // Liquid gives nil where an item is of a kind that cannot be asked for anything.
            if (Array.Exists(items, item => item.IsNothing || item.Kind == ValueKind.Boolean)) return TemplateValue.Nil;
            return choose(items, item => Fits(item, property, wanted, state), state);
        }) { ComparesFrom = 1 };

    private static bool Fits(in TemplateValue item, in TemplateValue property, in TemplateValue wanted, RenderState state)
    {
        state.Step();
        if (item.Kind == ValueKind.Text && property.Kind == ValueKind.Text)
        {
            var holds = item.Text.Contains(property.Text, StringComparison.Ordinal);
            return wanted.IsNothing ? holds : holds && Comparing.AreEqual(property, wanted, state);
        }
        var value = ListFilters.Property(item, property, state);
        return wanted.IsNothing ? value.IsTruthy : Comparing.AreEqual(value, wanted, state);
    }

    private static TemplateValue Compact(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var property = arguments[0];
        return TemplateValue.Of(Array.FindAll(Lists.ToFilter(input, state), item => !(property.IsNothing ? item : ListFilters.Property(item, property, state)).IsNothing));
    }

    private static TemplateValue Unique(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var property = arguments[0];
        var seen = new HashSet<TemplateValue>(new ByValue(state));
        return TemplateValue.Of(Array.FindAll(Lists.ToFilter(input, state), item => seen.Add(property.IsNothing ? item : ListFilters.Property(item, property, state))));
    }

    private sealed class ByValue(RenderState state) : IEqualityComparer<TemplateValue>
    {
        public bool Equals(TemplateValue a, TemplateValue b)
        {
            state.Step();
            return Comparing.AreEqual(a, b, state);
        }

        public int GetHashCode(TemplateValue value) => value.Kind switch
        {
            ValueKind.Integer or ValueKind.Float => value.Real.GetHashCode(),
            ValueKind.Text => value.Text.GetHashCode(StringComparison.Ordinal),
            ValueKind.List => Lists.Count(value),
            ValueKind.Object => value.Json.GetPropertyCount(),
            _ => (int)value.Kind,
        };
    }
}
