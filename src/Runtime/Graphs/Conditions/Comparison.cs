using System.Text.Json;
using System.Text.RegularExpressions;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.Conditions;

/// <summary>One comparison of a value with a literal.</summary>
/// <param name="Left">What is looked at.</param>
/// <param name="Op">How.</param>
/// <param name="Right">The literal; null for the operators that take none.</param>
public sealed record Comparison(ValuePath Left, ConditionOp Op, JsonElement? Right)
{
    private readonly Regex? _pattern = Op == ConditionOp.Matches && Right is { ValueKind: JsonValueKind.String } pattern ? Pattern(pattern.GetString()!) : null;

    /// <summary>A pattern that cannot run away: linear in the text, and 100 ms at most.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking (lookaround, back references).</exception>
    public static Regex Pattern(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));

    internal bool Holds(IValues values)
    {
        if (!TryRead(values, out var left) || left.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return Op is ConditionOp.IsEmpty or ConditionOp.NotEquals or ConditionOp.NotContains;
        return Op switch
        {
            ConditionOp.Equals => Same(left, Right!.Value),
            ConditionOp.NotEquals => !Same(left, Right!.Value),
            ConditionOp.Contains => Contains(left, Right!.Value),
            ConditionOp.NotContains => !Contains(left, Right!.Value),
            ConditionOp.StartsWith => Text(left) is { } text && text.StartsWith(Right!.Value.GetString()!, StringComparison.Ordinal),
            ConditionOp.EndsWith => Text(left) is { } text && text.EndsWith(Right!.Value.GetString()!, StringComparison.Ordinal),
            ConditionOp.Matches => Text(left) is { } text && Matches(text),
            ConditionOp.GreaterThan => Order(left) > 0,
            ConditionOp.GreaterOrEqual => Order(left) >= 0,
            ConditionOp.LessThan => Order(left) < 0,
            ConditionOp.LessOrEqual => Order(left) <= 0,
            ConditionOp.IsEmpty => IsEmpty(left),
            ConditionOp.IsNotEmpty => !IsEmpty(left),
            ConditionOp.IsTrue => left.ValueKind == JsonValueKind.True,
            ConditionOp.IsFalse => left.ValueKind == JsonValueKind.False,
            ConditionOp.In => Right!.Value.EnumerateArray().Any(one => Same(left, one)),
            _ => throw new InvalidOperationException($"No operator {Op}."),
        };
    }

    /// <summary>The left side; <c>size</c>, <c>first</c> and <c>last</c> of lists and texts are there as in templates.</summary>
    private bool TryRead(IValues values, out JsonElement left)
    {
        if (Left.TryResolve(values, out left)) return true;
        if (Left.Segments.Count == 0 || Left.Segments[^1].Field is not ("size" or "first" or "last")) return false;
        if (!new ValuePath(Left.Name, [.. Left.Segments.SkipLast(1)]).TryResolve(values, out var whole)) return false;
        if (whole.ValueKind is not (JsonValueKind.Array or JsonValueKind.String)) return false;
        if (Left.Segments[^1].Field != "size" && IsEmpty(whole)) return false;
        left = TemplateCache.Get($"{{{{ {Left} }}}}").Evaluate(values, TemplateLimits.Default, CancellationToken.None);
        return true;
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Same(JsonElement left, JsonElement right) => JsonElement.DeepEquals(left, right);

    private static bool Contains(JsonElement left, JsonElement right) => left.ValueKind switch
    {
        JsonValueKind.String => Text(right) is { } part && left.GetString()!.Contains(part, StringComparison.Ordinal),
        JsonValueKind.Array => left.EnumerateArray().Any(one => Same(one, right)),
        _ => false,
    };

    private bool Matches(string text)
    {
        try
        {
            return _pattern!.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // CONTRACT bounds `matches` at 100 ms: a text too long to judge in that time does not match.
            return false;
        }
    }

    /// <summary>Below, at or above zero; null where the two have no order (text against number), so that no comparison holds.</summary>
    private int? Order(JsonElement left) => (left.ValueKind, Right!.Value.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => left.TryGetDecimal(out var a) && Right.Value.TryGetDecimal(out var b)
            ? a.CompareTo(b)
            : left.GetDouble().CompareTo(Right.Value.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), Right.Value.GetString()),
        _ => null,
    };

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}
