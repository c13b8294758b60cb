using System.Text.Json;

namespace PromptDesigner.Runtime.Templates.Rendering;

internal enum ValueKind : byte { Missing, Nil, Empty, Blank, Boolean, Integer, Float, Text, List, Object, Range, Loop }

/// <summary>A value as Liquid sees it. JSON is wrapped, not copied; only what a template touches is taken apart.</summary>
internal readonly struct TemplateValue
{
    private readonly long bits;
    private readonly object? held;

    private TemplateValue(ValueKind kind, long bits, object? held)
    {
        Kind = kind;
        this.bits = bits;
        this.held = held;
    }

    public static TemplateValue Nil { get; } = new(ValueKind.Nil, 0, null);

    public static TemplateValue Empty { get; } = new(ValueKind.Empty, 0, null);

    public static TemplateValue Blank { get; } = new(ValueKind.Blank, 0, null);

    public ValueKind Kind { get; }

    public bool IsNothing => Kind is ValueKind.Missing or ValueKind.Nil;

    public bool IsTruthy => Kind switch
    {
        ValueKind.Missing or ValueKind.Nil => false,
        ValueKind.Boolean => bits != 0,
        _ => true,
    };

    public bool IsNumber => Kind is ValueKind.Integer or ValueKind.Float;

    public bool Truth => bits != 0;

    public long Whole => bits;

    public double Real => Kind == ValueKind.Integer ? bits : BitConverter.Int64BitsToDouble(bits);

    /// <summary>The digits as they came, for whole numbers beyond 64 bits.</summary>
    public string? LongDigits => Kind == ValueKind.Float ? held as string : null;

    public string Text => (string)held!;

    public TemplateValue[]? Items => held as TemplateValue[];

    public MissingPlace Missing => (MissingPlace)held!;

    public ForLoop Loop => (ForLoop)held!;

    public (long From, long To) Range => (bits, (long)held!);

    public JsonElement Json => (JsonElement)held!;

    public static TemplateValue Of(bool value) => new(ValueKind.Boolean, value ? 1 : 0, null);

    public static TemplateValue Of(long value) => new(ValueKind.Integer, value, null);

    public static TemplateValue Of(double value) => new(ValueKind.Float, BitConverter.DoubleToInt64Bits(value), null);

    public static TemplateValue Of(string value) => new(ValueKind.Text, 0, value);

    public static TemplateValue Of(TemplateValue[] items) => new(ValueKind.List, 0, items);

    public static TemplateValue Of(ForLoop loop) => new(ValueKind.Loop, 0, loop);

    public static TemplateValue Of(MissingPlace missing) => new(ValueKind.Missing, 0, missing);

    public static TemplateValue OfRange(long from, long to) => new(ValueKind.Range, from, to);

    public static TemplateValue From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Of(JsonText.Of(json)),
        JsonValueKind.Number => FromNumber(json),
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Array => new TemplateValue(ValueKind.List, 0, json),
        JsonValueKind.Object => new TemplateValue(ValueKind.Object, 0, json),
        _ => Nil,
    };

    private static TemplateValue FromNumber(JsonElement json)
    {
        if (json.TryGetInt64(out var whole)) return Of(whole);
        var digits = json.GetRawText();
        var kept = digits.AsSpan().ContainsAny('.', 'e', 'E') ? null : digits;
        return new TemplateValue(ValueKind.Float, BitConverter.DoubleToInt64Bits(json.GetDouble()), kept);
    }
}

/// <summary>What had no value, so that an error can name it.</summary>
internal sealed record MissingPlace(string Expression, int Offset, string? Detail = null);
