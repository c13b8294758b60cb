using System.Text.Json;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>Judges one value. Made anew for each.</summary>
internal sealed class SchemaJudge
{
    private const int MostFindings = 20;
    private const int Deepest = 128;

    // Chains of references are as long as the schema allows, and each link is a call.
    private const int MostCalls = 1_500;

    // Alternatives in alternatives can ask for more looks at a value than anybody has time for.
    private const int MostLooks = 5_000_000;
    private readonly List<string> path = [];
    private List<SchemaFinding> findings = [];
    private int looks;
    private int calls;

    public IReadOnlyList<SchemaFinding> Judge(SchemaNode root, JsonElement value)
    {
        Look(root, value);
        if (looks > MostLooks) return [new SchemaFinding("", "The schema has too many alternatives or references in each other to judge this value. Make it simpler.")];
        return findings;
    }

    private void Look(SchemaNode node, JsonElement value)
    {
        if (++looks > MostLooks || findings.Count >= MostFindings) return;
        if (calls >= MostCalls)
        {
            looks = MostLooks + 1;
            return;
        }
        calls++;
        LookAt(node, value);
        calls--;
    }

    private void LookAt(SchemaNode node, JsonElement value)
    {
        if (node.IsFalse)
        {
            Find("Nothing may stand here. Leave it out.");
            return;
        }
        if (path.Count > Deepest)
        {
            Find($"The value is nested more than {Deepest} deep.");
            return;
        }
        if (node.Types != SchemaTypes.None && !HasType(node.Types, value)) Find($"Must be {Words(node.Types)}, is {Word(value)}.");
        if (node.Enum is { } allowed && !allowed.Any(a => Same(a, value)))
            Find($"Must be one of {string.Join(", ", allowed.Take(30).Select(a => Short(a)))}, is {Short(value)}.");
        if (node.Const is { } only && !Same(only, value)) Find($"Must be {Short(only)}, is {Short(value)}.");
        switch (value.ValueKind)
        {
            case JsonValueKind.Number: LookAtNumber(node, value); break;
            case JsonValueKind.String: LookAtText(node, value); break;
            case JsonValueKind.Array: LookAtList(node, value); break;
            case JsonValueKind.Object: LookAtObject(node, value); break;
        }
        if (node.Target is { } target) Look(target, value);
        foreach (var part in node.AllOf) Look(part, value);
        if (node.AnyOf.Count > 0) LookAtAlternatives(node.AnyOf, value, onlyOne: false);
        if (node.OneOf.Count > 0) LookAtAlternatives(node.OneOf, value, onlyOne: true);
        if (node.Not is { } not && Try(not, value).Count == 0) Find($"Must not be {Short(value)}: the schema excludes it.");
    }

    private void LookAtNumber(SchemaNode node, JsonElement value)
    {
        if (!double.IsFinite(value.GetDouble())) Find("The number is too large.");
        else if (node.Minimum is { } minimum && JsonNumber.Compare(value, minimum) < 0) Find($"Must be at least {minimum}, is {value}.");
        else if (node.Maximum is { } maximum && JsonNumber.Compare(value, maximum) > 0) Find($"Must be at most {maximum}, is {value}.");
        else if (node.ExclusiveMinimum is { } above && JsonNumber.Compare(value, above) <= 0) Find($"Must be more than {above}, is {value}.");
        else if (node.ExclusiveMaximum is { } below && JsonNumber.Compare(value, below) >= 0) Find($"Must be less than {below}, is {value}.");
    }

    private void LookAtText(SchemaNode node, JsonElement value)
    {
        if (node is { MinLength: null, MaxLength: null, Pattern: null, Format: null }) return;
        var text = JsonText.Of(value);
        var length = node.MinLength is null && node.MaxLength is null ? 0 : Characters.Count(text);
        if (length < node.MinLength) Find($"Must have at least {node.MinLength} characters, has {length}.");
        if (length > node.MaxLength) Find($"Must have at most {node.MaxLength} characters, has {length}.");
        if (node.Pattern is { } pattern)
        {
            var fits = pattern.IsMatch(text);
            if (fits is null) Find($"Is too long for the pattern {pattern.Source}.");
            else if (fits is false) Find($"Must fit the pattern {pattern.Source}, is {Short(value)}.");
        }
        if (node.Format is { } format && !SchemaFormats.Fits(format, text)) Find($"Must be of the format {format}, is {Short(value)}.");
    }

    private void LookAtList(SchemaNode node, JsonElement value)
    {
        var count = value.GetArrayLength();
        if (count < node.MinItems) Find($"Must have at least {node.MinItems} items, has {count}.");
        if (count > node.MaxItems) Find($"Must have at most {node.MaxItems} items, has {count}.");
        if (node.Items is not { } items) return;
        foreach (var (index, item) in value.EnumerateArray().Index()) LookInside(items, item, index.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private void LookAtObject(SchemaNode node, JsonElement value)
    {
        foreach (var name in node.Required)
            if (!value.TryGetProperty(name, out _)) Find($"'{name}' is missing.");
        var count = node.MinProperties is null && node.MaxProperties is null ? 0 : value.GetPropertyCount();
        if (count < node.MinProperties) Find($"Must have at least {node.MinProperties} fields, has {count}.");
        if (count > node.MaxProperties) Find($"Must have at most {node.MaxProperties} fields, has {count}.");
        if (node.Properties.Count == 0 && node.Additional is null) return;
        foreach (var field in value.EnumerateObject())
        {
            var name = JsonText.NameOf(field);
            if (node.Properties.TryGetValue(name, out var known)) LookInside(known, field.Value, name);
            else if (node.Additional is { IsFalse: true }) Find($"'{name}' is not expected. Leave it out{(node.Properties.Count > 0 ? $"; there are {string.Join(", ", node.Properties.Keys.Take(30))}" : "")}.");
            else if (node.Additional is { } additional) LookInside(additional, field.Value, name);
        }
    }

    private void LookInside(SchemaNode node, JsonElement value, string name)
    {
        path.Add(name);
        Look(node, value);
        path.RemoveAt(path.Count - 1);
    }

    private void LookAtAlternatives(List<SchemaNode> alternatives, JsonElement value, bool onlyOne)
    {
        List<SchemaFinding>? nearest = null;
        var fit = 0;
        foreach (var alternative in alternatives)
        {
            var found = Try(alternative, value);
            if (found.Count == 0) fit++;
            else if (nearest is null || Depth(found) > Depth(nearest)) nearest = found;
            if (fit > (onlyOne ? 1 : 0)) break;
        }
        if (fit > 1 && onlyOne) Find("Fits more than one of the alternatives; it must fit exactly one.");
        if (fit > 0 || nearest is null) return;
        Find($"Fits none of the {alternatives.Count} alternatives; what the nearest misses follows.");
        findings.AddRange(nearest.Take(MostFindings - findings.Count));
    }

    /// <summary>How near an alternative came: whose faults lie deeper had the outside right, then whose are fewer.</summary>
    private static int Depth(List<SchemaFinding> found) => found.Min(f => f.Path.Count(c => c == '/')) * 100 - found.Count;

    private List<SchemaFinding> Try(SchemaNode node, JsonElement value)
    {
        // Judging aside costs about ten plain looks.
        looks += 9;
        var outer = findings;
        findings = [];
        Look(node, value);
        var found = findings;
        findings = outer;
        return found;
    }

    private void Find(string message)
    {
        if (findings.Count >= MostFindings) return;
        var at = string.Concat(path.Select(p => $"/{p.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"));
        findings.Add(new SchemaFinding(at, message));
    }

    private static bool Same(JsonElement a, JsonElement b) =>
        a.ValueKind == JsonValueKind.String && b.ValueKind == JsonValueKind.String
            ? string.Equals(JsonText.Of(a), JsonText.Of(b), StringComparison.Ordinal)
            : JsonElement.DeepEquals(a, b);

    private static bool HasType(SchemaTypes types, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => types.HasFlag(SchemaTypes.Null),
        JsonValueKind.True or JsonValueKind.False => types.HasFlag(SchemaTypes.Boolean),
        JsonValueKind.Number => types.HasFlag(SchemaTypes.Number) || (types.HasFlag(SchemaTypes.Integer) && JsonNumber.IsWhole(value)),
        JsonValueKind.String => types.HasFlag(SchemaTypes.String),
        JsonValueKind.Array => types.HasFlag(SchemaTypes.Array),
        _ => types.HasFlag(SchemaTypes.Object),
    };

    private static string Words(SchemaTypes types) =>
        string.Join(" or ", Enum.GetValues<SchemaTypes>().Where(t => t != SchemaTypes.None && types.HasFlag(t)).Select(Word));

    private static string Word(SchemaTypes type) => type switch
    {
        SchemaTypes.Null => "null",
        SchemaTypes.Boolean => "true or false",
        SchemaTypes.Number => "a number",
        SchemaTypes.Integer => "a whole number",
        SchemaTypes.String => "text",
        SchemaTypes.Array => "a list",
        _ => "an object",
    };

    private static string Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => Short(value),
        JsonValueKind.Number => $"the number {Short(value)}",
        JsonValueKind.String => $"the text {Short(value)}",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? $"{text[..57]}…" : value.GetRawText();
}
