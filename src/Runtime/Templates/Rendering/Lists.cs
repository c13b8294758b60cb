using System.Text.Json;

namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>The items of a value, as <c>for</c> and the list filters see them.</summary>
internal static class Lists
{
    private static readonly TemplateValue[] None = [];

    /// <summary>The items of a list or range.</summary>
    public static TemplateValue[] Of(in TemplateValue value, RenderState state)
    {
        if (value.Kind == ValueKind.Range) return OfRange(value, state);
        if (value.Items is { } items)
        {
            state.Step(items.Length / 4);
            return items;
        }
        var json = value.Json;
        var length = json.GetArrayLength();
        state.Step(length);
        var made = new TemplateValue[length];
        var at = 0;
        foreach (var item in json.EnumerateArray()) made[at++] = TemplateValue.From(item);
        return made;
    }

    /// <summary>What <c>for</c> walks over: items, an object's pairs, a text as a whole, nothing for the rest.</summary>
    public static TemplateValue[] ToWalk(in TemplateValue value, RenderState state) => value.Kind switch
    {
        ValueKind.List or ValueKind.Range => Of(value, state),
        ValueKind.Object => Pairs(value.Json, state),
        ValueKind.Text when value.Text.Length > 0 => [value],
        _ => None,
    };

    /// <summary>What list filters work on: lists flattened, anything else as a list of one, nothing as an empty one.</summary>
    public static TemplateValue[] ToFilter(in TemplateValue value, RenderState state)
    {
        if (value.IsNothing || value.Kind is ValueKind.Empty or ValueKind.Blank) return None;
        if (value.Kind == ValueKind.Range) return OfRange(value, state);
        if (value.Kind != ValueKind.List) return [value];
        var items = Of(value, state);
        if (!Array.Exists(items, i => i.Kind == ValueKind.List)) return items;
        var flat = new List<TemplateValue>(items.Length);
        Flatten(items, flat, state, 0);
        return [.. flat];
    }

    public static int Count(in TemplateValue list) => list.Items?.Length ?? list.Json.GetArrayLength();

    public static TemplateValue At(in TemplateValue list, int index) => list.Items is { } items ? items[index] : TemplateValue.From(list.Json[index]);

    private static TemplateValue[] OfRange(in TemplateValue value, RenderState state)
    {
        var (from, to) = value.Range;
        if (to < from) return None;
        var length = (ulong)(to - from) + 1;
        if (length > int.MaxValue || length == 0) throw state.TooManySteps();
        state.Step((int)length);
        var made = new TemplateValue[(int)length];
        for (var i = 0; i < made.Length; i++) made[i] = TemplateValue.Of(from + i);
        return made;
    }

    private static void Flatten(TemplateValue[] items, List<TemplateValue> into, RenderState state, int depth)
    {
        if (depth > 200) throw state.Limit("A list is nested more than 200 deep.");
        foreach (var item in items)
        {
            if (item.Kind == ValueKind.List) Flatten(Of(item, state), into, state, depth + 1);
            else into.Add(item);
        }
    }

    private static TemplateValue[] Pairs(JsonElement json, RenderState state)
    {
        var pairs = new List<TemplateValue>();
        foreach (var field in json.EnumerateObject())
        {
            state.Step();
            pairs.Add(TemplateValue.Of([TemplateValue.Of(JsonText.NameOf(field)), TemplateValue.From(field.Value)]));
        }
        return [.. pairs];
    }
}
