using System.Globalization;
using System.Text;

namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>Values as text: text as is, numbers and truth as Liquid writes them, lists and objects as compact JSON.</summary>
internal static class ValueText
{
    public static string Of(in TemplateValue value, RenderState state)
    {
        switch (value.Kind)
        {
            case ValueKind.Text: return value.Text;
            case ValueKind.Boolean: return value.Truth ? "true" : "false";
            case ValueKind.Integer: return value.Whole.ToString(CultureInfo.InvariantCulture);
            case ValueKind.Float: return value.LongDigits ?? OfFloat(value.Real);
            case ValueKind.Range:
                var (from, to) = value.Range;
                return string.Create(CultureInfo.InvariantCulture, $"{from}..{to}");
            case ValueKind.List or ValueKind.Object or ValueKind.Loop:
                var json = new StringBuilder();
                JsonText.Append(json, value, state);
                return json.ToString();
            default: return "";
        }
    }

    /// <summary>A float as Ruby writes it: always with a fraction, with an exponent below 1e-4 and from 1e16 on.</summary>
    private static string OfFloat(double real)
    {
        if (!double.IsFinite(real)) return real.ToString(CultureInfo.InvariantCulture);
        var size = Math.Abs(real);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            var digits = real.ToString("E16", CultureInfo.InvariantCulture);
            var shortest = real.ToString("R", CultureInfo.InvariantCulture);
            var mantissa = Mantissa(shortest);
            var exponent = int.Parse(digits.AsSpan(digits.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        var plain = real.ToString("R", CultureInfo.InvariantCulture);
        if (plain.Contains('E', StringComparison.Ordinal)) plain = ((decimal)real).ToString(CultureInfo.InvariantCulture);
        return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
    }

    private static string Mantissa(string shortest)
    {
        var sign = shortest[0] == '-' ? "-" : "";
        var end = shortest.IndexOf('E', StringComparison.Ordinal);
        var digits = new string([.. (end < 0 ? shortest : shortest[..end]).Where(char.IsAsciiDigit)]).TrimStart('0').TrimEnd('0');
        return $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}";
    }
}
