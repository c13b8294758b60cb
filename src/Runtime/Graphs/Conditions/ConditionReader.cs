using System.Text.Json;
using System.Text.RegularExpressions;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.Conditions;

/// <summary>Reads a condition and finds everything that is wrong with it.</summary>
internal sealed class ConditionReader(string called)
{
    private const int MostPattern = 1_000;
    private static readonly Dictionary<string, ConditionOp> Ops =
        Enum.GetValues<ConditionOp>().ToDictionary(op => JsonNamingPolicy.CamelCase.ConvertName(op.ToString()), StringComparer.Ordinal);

    private readonly List<SettingFinding> _findings = [];

    public IReadOnlyList<SettingFinding> Findings => _findings;

    /// <summary>The condition; null where anything was found.</summary>
    public Condition? Read(JsonElement json, string at)
    {
        var condition = Group(json, at);
        return _findings.Count == 0 ? condition : null;
    }

    private Condition? Group(JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object) return Invalid(at, "must be an object with 'all' or 'any'");
        var names = json.EnumerateObject().Select(property => property.Name).ToList();
        if (names is not (["all"] or ["any"])) return Invalid(at, "must have 'all' or 'any', one of the two and nothing else");
        var parts = json.GetProperty(names[0]);
        if (parts.ValueKind != JsonValueKind.Array || parts.GetArrayLength() == 0) return Invalid($"{at}/{names[0]}", "must be a list with at least one comparison");
        var read = parts.EnumerateArray().Select((part, index) => Part(part, $"{at}/{names[0]}/{index}")).ToList();
        return new Condition(names[0] == "all", [.. read.OfType<ConditionPart>()]);
    }

    private ConditionPart? Part(JsonElement json, string at)
    {
        if (json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("all", out _) || json.TryGetProperty("any", out _)))
            return new ConditionPart(null, Group(json, at));
        if (json.ValueKind != JsonValueKind.Object)
        {
            Invalid(at, "must be an object with 'left', 'op' and 'right'");
            return null;
        }
        foreach (var property in json.EnumerateObject())
            if (property.Name is not ("left" or "op" or "right"))
                Invalid($"{at}/{Pointer.Escape(property.Name)}", $"has an unknown field '{property.Name}'{Nearest.Ask(Nearest.To(property.Name, ["left", "op", "right"]))[..^1]}");
        var left = Left(json, at);
        if (!json.TryGetProperty("op", out var word) || word.ValueKind != JsonValueKind.String || !Ops.TryGetValue(word.GetString()!, out var op))
        {
            var given = word.ValueKind == JsonValueKind.String ? $"; '{word.GetString()}' is none of them" : "";
            Invalid($"{at}/op", $"must be one of {string.Join(", ", Ops.Keys)}{given}");
            return null;
        }
        var right = Right(op, json.TryGetProperty("right", out var literal) ? literal : default, $"{at}/right");
        return left is null ? null : new ConditionPart(new Comparison(left, op, right), null);
    }

    private ValuePath? Left(JsonElement json, string at)
    {
        if (!json.TryGetProperty("left", out var left) || left.ValueKind != JsonValueKind.String)
        {
            Invalid($"{at}/left", "needs a path on its left side, such as classify.route");
            return null;
        }
        var text = left.GetString()!.Trim();
        if (text.StartsWith("{{", StringComparison.Ordinal) && text.EndsWith("}}", StringComparison.Ordinal) && text.Length >= 4) text = text[2..^2];
        if (ValuePath.TryParse(text, out var path)) return path;
        Invalid($"{at}/left", text.Length == 0 || text.StartsWith('.') ? "does not say what is looked at; choose a value, such as classify.route" : $"cannot read '{left.GetString()}' as a path such as classify.route");
        return null;
    }

    private JsonElement? Right(ConditionOp op, JsonElement right, string at)
    {
        var kind = right.ValueKind;
        switch (op)
        {
            case ConditionOp.IsEmpty or ConditionOp.IsNotEmpty or ConditionOp.IsTrue or ConditionOp.IsFalse:
                if (kind is not (JsonValueKind.Undefined or JsonValueKind.Null)) Invalid(at, "takes no right side with this operator");
                return null;
            case ConditionOp.In when kind != JsonValueKind.Array:
                Invalid(at, "needs a list on its right side");
                return null;
            case ConditionOp.StartsWith or ConditionOp.EndsWith or ConditionOp.Matches when kind != JsonValueKind.String:
                Invalid(at, "needs text on its right side");
                return null;
            case ConditionOp.GreaterThan or ConditionOp.GreaterOrEqual or ConditionOp.LessThan or ConditionOp.LessOrEqual when kind is not (JsonValueKind.Number or JsonValueKind.String):
                Invalid(at, "needs a number or text on its right side");
                return null;
            case ConditionOp.Matches:
                if (PatternFault(right.GetString()!) is { } fault)
                {
                    _findings.Add(new SettingFinding("pattern_invalid", at, $"The pattern in the condition of {called} {fault}"));
                    return null;
                }
                return right.Clone();
            case var _ when kind == JsonValueKind.Undefined:
                Invalid(at, "needs a value on its right side");
                return null;
            default:
                return right.Clone();
        }
    }

    /// <summary>What is wrong with a pattern, as the end of a sentence; null where nothing is.</summary>
    public static string? PatternFault(string pattern)
    {
        if (pattern.Length > MostPattern) return $"is too complex: it may have {MostPattern} characters.";
        try
        {
            Comparison.Pattern(pattern);
            return null;
        }
        catch (RegexParseException fault)
        {
            return $"is no regular expression (character {fault.Offset}): {fault.Message}";
        }
        catch (NotSupportedException)
        {
            return "is too complex: lookaround, back references and atomic groups are not available.";
        }
    }

    private Condition? Invalid(string at, string what)
    {
        _findings.Add(new SettingFinding("condition_invalid", at, $"A condition of {called} {what}."));
        return null;
    }
}
