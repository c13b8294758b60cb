using System.Text.Json;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>Schemas that nothing can fit, most likely by a slip.</summary>
internal static class SchemaContradictions
{
    public static void Find(SchemaNode node, Action<string, string> find)
    {
        Bounds(node.Minimum, node.Maximum, false, "minimum", "maximum");
        Bounds(node.Minimum, node.ExclusiveMaximum, true, "minimum", "exclusiveMaximum");
        Bounds(node.ExclusiveMinimum, node.Maximum, true, "exclusiveMinimum", "maximum");
        Bounds(node.ExclusiveMinimum, node.ExclusiveMaximum, true, "exclusiveMinimum", "exclusiveMaximum");
        Counts(node.MinLength, node.MaxLength, "minLength", "maxLength");
        Counts(node.MinItems, node.MaxItems, "minItems", "maxItems");
        Counts(node.MinProperties, node.MaxProperties, "minProperties", "maxProperties");
        if (node.Additional is not { IsFalse: true }) return;
        foreach (var name in node.Required.Where(name => !node.Properties.ContainsKey(name)))
            find($"{node.Pointer}/required", $"'{name}' is required but not in 'properties', and 'additionalProperties' is false: no object can have it. Add it to 'properties' or take it out of 'required'.");

        void Bounds(JsonElement? low, JsonElement? high, bool open, string lowName, string highName)
        {
            if (low is not { } from || high is not { } to) return;
            var order = JsonNumber.Compare(from, to);
            if (order > 0 || (open && order == 0)) find($"{node.Pointer}/{lowName}", $"'{lowName}' {from} and '{highName}' {to} leave no number between them.");
        }

        void Counts(int? low, int? high, string lowName, string highName)
        {
            if (low > high) find($"{node.Pointer}/{lowName}", $"'{lowName}' {low} is more than '{highName}' {high}.");
        }
    }
}

/// <summary>Numbers of JSON compared as they are written, beyond what a double can tell apart.</summary>
internal static class JsonNumber
{
    public static int Compare(JsonElement a, JsonElement b) =>
        a.TryGetDecimal(out var x) && b.TryGetDecimal(out var y) ? x.CompareTo(y) : a.GetDouble().CompareTo(b.GetDouble());

    public static bool IsWhole(JsonElement number) =>
        number.TryGetDecimal(out var value) ? value == decimal.Truncate(value) : number.GetDouble() is var real && real == Math.Truncate(real);
}
