using System.Text.Json;

namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>Equality, order and <c>contains</c> as Liquid has them.</summary>
internal static class Comparing
{
    public static bool Holds(in TemplateValue left, string @operator, in TemplateValue right, RenderState state) => @operator switch
    {
        "==" => AreEqual(left, right, state),
        "!=" or "<>" => !AreEqual(left, right, state),
        "contains" => Contains(left, right, state),
        _ => Ordered(left, @operator, right, state),
    };

    public static bool AreEqual(in TemplateValue a, in TemplateValue b, RenderState state)
    {
        if (a.Kind is ValueKind.Empty or ValueKind.Blank) return IsAs(b, a.Kind);
        if (b.Kind is ValueKind.Empty or ValueKind.Blank) return IsAs(a, b.Kind);
        if (a.IsNothing || b.IsNothing) return a.IsNothing && b.IsNothing;
        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer) return a.Whole == b.Whole;
        if (a.IsNumber && b.IsNumber) return a.LongDigits is { } digits && b.LongDigits is { } others ? digits == others : a.Real.Equals(b.Real);
        if (a.Kind != b.Kind) return false;
        return a.Kind switch
        {
            ValueKind.Boolean => a.Truth == b.Truth,
            ValueKind.Text => string.Equals(a.Text, b.Text, StringComparison.Ordinal),
            ValueKind.Range => a.Range == b.Range,
            ValueKind.Object => ObjectsAreEqual(a.Json, b.Json, state),
            ValueKind.List => ListsAreEqual(a, b, state),
            _ => ReferenceEquals(a.Loop, b.Loop),
        };
    }

    /// <summary>Orders two values for <c>sort</c> and <c>&lt;</c>; null where they have no order.</summary>
    public static int? Order(in TemplateValue a, in TemplateValue b)
    {
        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer) return a.Whole.CompareTo(b.Whole);
        if (a.IsNumber && b.IsNumber) return a.Real.CompareTo(b.Real);
        if (a.Kind == ValueKind.Text && b.Kind == ValueKind.Text) return string.CompareOrdinal(a.Text, b.Text);
        return null;
    }

    private static bool Ordered(in TemplateValue left, string @operator, in TemplateValue right, RenderState state)
    {
        if (left.IsNothing || right.IsNothing || left.Kind is ValueKind.Empty or ValueKind.Blank || right.Kind is ValueKind.Empty or ValueKind.Blank) return false;
        var order = Order(left, right) ?? throw state.NoValue("only two numbers or two texts have an order; `| plus: 0` in an assign makes a number of a text");
        return @operator switch
        {
            "<" => order < 0,
            ">" => order > 0,
            "<=" => order <= 0,
            _ => order >= 0,
        };
    }

    private static bool Contains(in TemplateValue left, in TemplateValue right, RenderState state)
    {
        if (!left.IsTruthy || !right.IsTruthy) return false;
        switch (left.Kind)
        {
            case ValueKind.Text: return left.Text.Contains(ValueText.Of(right, state), StringComparison.Ordinal);
            case ValueKind.Object: return right.Kind == ValueKind.Text && left.Json.TryGetProperty(right.Text, out _);
            case ValueKind.List or ValueKind.Range:
                foreach (var item in Lists.Of(left, state))
                    if (AreEqual(item, right, state)) return true;
                return false;
            default: return false;
        }
    }

    private static bool IsAs(in TemplateValue value, ValueKind special) => value.Kind switch
    {
        ValueKind.Empty or ValueKind.Blank => true,
        ValueKind.Text => special == ValueKind.Empty ? value.Text.Length == 0 : string.IsNullOrWhiteSpace(value.Text),
        ValueKind.List => Lists.Count(value) == 0,
        ValueKind.Object => value.Json.GetPropertyCount() == 0,
        ValueKind.Missing or ValueKind.Nil => special == ValueKind.Blank,
        ValueKind.Boolean => special == ValueKind.Blank && !value.Truth,
        _ => false,
    };

    private static bool ListsAreEqual(in TemplateValue a, in TemplateValue b, RenderState state)
    {
        if (Lists.Count(a) != Lists.Count(b)) return false;
        var left = Lists.Of(a, state);
        var right = Lists.Of(b, state);
        for (var i = 0; i < left.Length; i++)
            if (!AreEqual(left[i], right[i], state)) return false;
        return true;
    }

    private static bool ObjectsAreEqual(JsonElement a, JsonElement b, RenderState state)
    {
        state.Step(a.GetPropertyCount());
        return JsonElement.DeepEquals(a, b);
    }
}
