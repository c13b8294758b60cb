using System.Text.Json;

namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>What can be read of a value: fields, indexes, and <c>size</c>, <c>first</c>, <c>last</c>.</summary>
internal static class Members
{
    public static bool TryGet(in TemplateValue value, string field, out TemplateValue member)
    {
        member = TemplateValue.Nil;
        switch (value.Kind)
        {
            case ValueKind.Loop:
                return value.Loop.TryGet(field, out member);
            case ValueKind.Object:
                if (value.Json.TryGetProperty(field, out var json))
                {
                    member = TemplateValue.From(json);
                    return true;
                }
                if (field != "size") return false;
                member = TemplateValue.Of((long)value.Json.GetPropertyCount());
                return true;
            case ValueKind.List: return TryGetOfList(value, field, out member);
            case ValueKind.Text: return TryGetOfText(value.Text, field, out member);
            case ValueKind.Range:
                var (from, to) = value.Range;
                if (field is not ("first" or "last" or "size") || (to < from && field != "size")) return false;
                member = TemplateValue.Of(field switch { "first" => from, "last" => to, _ => Math.Max(0, to - from + 1) });
                return true;
            default: return false;
        }
    }

    /// <summary>By an index that was worked out: a number of a list, a text of an object.</summary>
    public static bool TryGet(in TemplateValue value, in TemplateValue index, out TemplateValue member)
    {
        member = TemplateValue.Nil;
        if (index.Kind == ValueKind.Text) return value.Kind is ValueKind.Object or ValueKind.Loop && TryGet(value, index.Text, out member);
        if (index.Kind != ValueKind.Integer || value.Kind != ValueKind.List) return false;
        var count = Lists.Count(value);
        var at = index.Whole < 0 ? count + index.Whole : index.Whole;
        if (at < 0 || at >= count) return false;
        member = Lists.At(value, (int)at);
        return true;
    }

    /// <summary>The rest of an error about a field that is not there.</summary>
    public static string? WhyNot(in TemplateValue value, string? field)
    {
        if (value.Kind == ValueKind.List) return $": the list has {Lists.Count(value)} items";
        if (field is null) return null;
        if (value.Kind == ValueKind.Loop) return Suggest(field, ForLoop.Fields);
        if (value.Kind == ValueKind.Object) return Suggest(field, value.Json.EnumerateObject().Take(200).Select(JsonText.NameOf));
        return $": what '{field}' is read of is {Named(value.Kind)}, no object";
    }

    private static string? Suggest(string field, IEnumerable<string> fields) =>
        NearestName.Of(field, fields) is { } near ? $". Did you mean '{near}'?" : null;

    private static string Named(ValueKind kind) => kind switch
    {
        ValueKind.Text => "text",
        ValueKind.Integer or ValueKind.Float => "a number",
        ValueKind.Boolean => "true or false",
        ValueKind.Range => "a range",
        _ => "null",
    };

    private static bool TryGetOfList(in TemplateValue list, string field, out TemplateValue member)
    {
        var count = Lists.Count(list);
        member = field switch
        {
            "size" => TemplateValue.Of((long)count),
            "first" when count > 0 => Lists.At(list, 0),
            "last" when count > 0 => Lists.At(list, count - 1),
            _ => TemplateValue.Nil,
        };
        return field == "size" || (count > 0 && field is "first" or "last");
    }

    private static bool TryGetOfText(string text, string field, out TemplateValue member)
    {
        member = field switch
        {
            "size" => TemplateValue.Of((long)Characters.Count(text)),
            "first" => TemplateValue.Of(Characters.Slice(text, 0, 1)),
            "last" => TemplateValue.Of(Characters.Slice(text, Characters.Count(text) - 1, 1)),
            _ => TemplateValue.Nil,
        };
        return field == "size" || (text.Length > 0 && field is "first" or "last");
    }
}
