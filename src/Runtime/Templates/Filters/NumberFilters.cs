using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters that calculate: whole numbers stay whole, the rest is exact to 28 decimal digits where it fits.</summary>
internal static class NumberFilters
{
    public static Filter[] All { get; } =
    [
        Two("plus", (a, b) => checked(a + b), (a, b) => a + b, (a, b) => a + b),
        Two("minus", (a, b) => checked(a - b), (a, b) => a - b, (a, b) => a - b),
        Two("times", (a, b) => checked(a * b), (a, b) => a * b, (a, b) => a * b),
        Two("divided_by", DivideDown, (a, b) => a / b, (a, b) => a / b, divides: true),
        Two("modulo", (a, b) => checked(a - b * DivideDown(a, b)), (a, b) => a - b * decimal.Floor(a / b), (a, b) => a - b * Math.Floor(a / b), divides: true),
        new("at_least", 1, 1, (input, arguments, _) => Choose(input, arguments[0], larger: true)),
        new("at_most", 1, 1, (input, arguments, _) => Choose(input, arguments[0], larger: false)),
        new("abs", 0, 0, (input, _, state) => One(input, state, decimal.Abs, Math.Abs)),
        new("ceil", 0, 0, (input, _, state) => Whole(input, state, decimal.Ceiling, Math.Ceiling)),
        new("floor", 0, 0, (input, _, state) => Whole(input, state, decimal.Floor, Math.Floor)),
        new("round", 0, 1, Round),
    ];

    public static TemplateValue Plus(in TemplateValue a, in TemplateValue b, RenderState state) =>
        Calculate(Number.Of(a), Number.Of(b), state, (x, y) => checked(x + y), (x, y) => x + y, (x, y) => x + y);

    private static Filter Two(string name, Func<long, long, long> whole, Func<decimal, decimal, decimal> exact, Func<double, double, double> rough, bool divides = false) =>
        new(name, 1, 1, (input, arguments, state) =>
        {
            var by = Number.Of(arguments[0]);
            if (divides && by.Real == 0) throw state.NoValue("a number cannot be divided by 0");
            return Calculate(Number.Of(input), by, state, whole, exact, rough);
        });

    private static TemplateValue Calculate(Number a, Number b, RenderState state, Func<long, long, long> whole, Func<decimal, decimal, decimal> exact, Func<double, double, double> rough)
    {
        try
        {
            if (a.IsWhole && b.IsWhole) return TemplateValue.Of(whole(a.Whole, b.Whole));
            if (a.TryGetDecimal(out var x) && b.TryGetDecimal(out var y)) return TemplateValue.Of((double)exact(x, y));
        }
        catch (OverflowException)
        {
            // Beyond the exact types the rough result is the best there is.
        }
        return Finite(rough(a.Real, b.Real), state);
    }

    private static long DivideDown(long a, long b)
    {
        var quotient = b == -1 ? checked(-a) : a / b;
        return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    private static TemplateValue Choose(in TemplateValue a, in TemplateValue b, bool larger)
    {
        var (first, second) = (Number.Of(a), Number.Of(b));
        var chosen = first.Real > second.Real == larger ? first : second;
        return chosen.IsWhole ? TemplateValue.Of(chosen.Whole) : TemplateValue.Of(chosen.Real);
    }

    private static TemplateValue One(in TemplateValue input, RenderState state, Func<decimal, decimal> exact, Func<double, double> rough)
    {
        var number = Number.Of(input);
        if (!number.TryGetDecimal(out var value)) return Finite(rough(number.Real), state);
        var made = exact(value);
        return !number.IsWhole ? TemplateValue.Of((double)made) : made <= long.MaxValue ? TemplateValue.Of((long)made) : TemplateValue.Of((double)made);
    }

    private static TemplateValue Whole(in TemplateValue input, RenderState state, Func<decimal, decimal> exact, Func<double, double> rough)
    {
        var number = Number.Of(input);
        if (number.IsWhole) return TemplateValue.Of(number.Whole);
        var made = number.TryGetDecimal(out var value) ? (double)exact(value) : rough(number.Real);
        return Math.Abs(made) < 9e18 ? TemplateValue.Of((long)made) : Finite(made, state);
    }

    private static TemplateValue Round(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var digits = (int)Math.Clamp(Number.Of(arguments[0]).Real, -20, 28);
        var number = Number.Of(input);
        if (!number.TryGetDecimal(out var value)) return input.Kind == ValueKind.Float ? input : TemplateValue.Of(0L);
        if (digits > 0) return number.IsWhole ? TemplateValue.Of(number.Whole) : TemplateValue.Of((double)decimal.Round(value, digits, MidpointRounding.AwayFromZero));
        var unit = 1m;
        for (var i = digits; i < 0; i++) unit *= 10;
        return TemplateValue.Of((long)Math.Clamp(decimal.Round(value / unit, MidpointRounding.AwayFromZero) * unit, long.MinValue, long.MaxValue));
    }

    private static TemplateValue Finite(double value, RenderState state) =>
        double.IsFinite(value) ? TemplateValue.Of(value) : throw state.NoValue("the number is too large");
}
