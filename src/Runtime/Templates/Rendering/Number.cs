using System.Globalization;

namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>A value read as a number the way Liquid does: texts by their digits, anything else as 0.</summary>
internal readonly struct Number
{
    private Number(bool isWhole, long whole, double real)
    {
        IsWhole = isWhole;
        Whole = whole;
        Real = real;
    }

    public bool IsWhole { get; }

    public long Whole { get; }

    public double Real { get; }

    public static Number Of(in TemplateValue value) => value.Kind switch
    {
        ValueKind.Integer => OfWhole(value.Whole),
        ValueKind.Float => new Number(false, 0, value.Real),
        ValueKind.Text => OfText(value.Text.AsSpan().Trim()),
        _ => OfWhole(0),
    };

    /// <summary>The exact decimal, where it has one of at most 28 digits.</summary>
    public bool TryGetDecimal(out decimal value)
    {
        if (IsWhole)
        {
            value = Whole;
            return true;
        }
        value = 0;
        var size = Math.Abs(Real);
        return size < 1e20 && (size > 1e-12 || size == 0)
            && decimal.TryParse(Real.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static Number OfWhole(long whole) => new(true, whole, whole);

    private static Number OfText(ReadOnlySpan<char> text)
    {
        var at = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (IsFraction(text[at..]) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)) return new Number(false, 0, real);
        return long.TryParse(text[..at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? OfWhole(whole)
            : double.TryParse(text[..at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? new Number(false, 0, large)
            : OfWhole(0);
    }

    private static bool IsFraction(ReadOnlySpan<char> rest) =>
        rest.Length > 1 && rest[0] == '.' && !rest[1..].ContainsAnyExceptInRange('0', '9');
}
