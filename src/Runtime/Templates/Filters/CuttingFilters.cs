using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters that cut texts (and lists) into pieces.</summary>
internal static class CuttingFilters
{
    public static Filter[] All { get; } =
    [
        new("slice", 1, 2, Slice),
        new("split", 1, 1, Split),
        new("truncate", 0, 2, Truncate),
        new("truncatewords", 0, 2, TruncateWords),
    ];

    private static TemplateValue Slice(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var start = WholeNumber(arguments[0], state);
        var length = arguments.Has(1) && arguments[1].Kind != ValueKind.Nil ? WholeNumber(arguments[1], state) : 1;
        if (input.Kind == ValueKind.List)
        {
            var items = Lists.Of(input, state);
            var (from, to) = Bounds(start, length, items.Length);
            return TemplateValue.Of(items[from..to]);
        }
        var text = ValueText.Of(input, state);
        var (first, end) = Bounds(start, length, Characters.Count(text));
        state.Made(end - first);
        return TemplateValue.Of(Characters.Slice(text, first, end - first));
    }

    private static (int From, int To) Bounds(long start, long length, int count)
    {
        if (start < 0) start += count;
        if (start < 0 || start > count || length <= 0) return (0, 0);
        return ((int)start, (int)Math.Min(count, start + Math.Min(length, count)));
    }

    private static TemplateValue Split(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var text = ValueText.Of(input, state);
        var by = ValueText.Of(arguments[0], state);
        state.Made(text.Length);
        if (text.Length == 0) return TemplateValue.Of([]);
        if (by.Length == 0) return TemplateValue.Of(SplitCharacters(text, state));
        var parts = by == " "
            ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : text.Split(by, StringSplitOptions.None);
        // As in Ruby, empty pieces at the end do not count.
        var count = parts.Length;
        while (count > 0 && parts[count - 1].Length == 0) count--;
        state.Step(count);
        return TemplateValue.Of(Array.ConvertAll(parts[..count], TemplateValue.Of));
    }

    private static TemplateValue[] SplitCharacters(string text, RenderState state)
    {
        state.Step(text.Length);
        var parts = new List<TemplateValue>(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = Characters.LengthAt(text, i);
            parts.Add(TemplateValue.Of(text.Substring(i, length)));
            i += length;
        }
        return [.. parts];
    }

    private static TemplateValue Truncate(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var text = ValueText.Of(input, state);
        var length = arguments.Has(0) ? WholeNumber(arguments[0], state) : 50;
        var end = arguments.Has(1) ? ValueText.Of(arguments[1], state) : "...";
        if (Characters.Count(text) <= length) return TemplateValue.Of(text);
        var kept = (int)Math.Max(0, length - Characters.Count(end));
        state.Made((long)kept + end.Length);
        return TemplateValue.Of(Characters.Slice(text, 0, kept) + end);
    }

    private static TemplateValue TruncateWords(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var text = ValueText.Of(input, state);
        var words = arguments.Has(0) ? Math.Clamp(WholeNumber(arguments[0], state), 1, int.MaxValue - 1) : 15;
        var end = arguments.Has(1) ? ValueText.Of(arguments[1], state) : "...";
        state.Made((long)text.Length + end.Length);
        var all = text.Split((char[]?)null, (int)words + 1, StringSplitOptions.RemoveEmptyEntries);
        return TemplateValue.Of(all.Length <= words ? text : string.Join(' ', all.Take((int)words)) + end);
    }

    private static long WholeNumber(in TemplateValue value, RenderState state)
    {
        if (value.Kind == ValueKind.Integer) return value.Whole;
        if (value.Kind == ValueKind.Text && long.TryParse(value.Text, out var whole)) return whole;
        throw state.NoValue("a whole number is expected");
    }
}
