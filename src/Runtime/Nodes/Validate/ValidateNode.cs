using System.Text.Json;
using System.Text.RegularExpressions;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Schemas;

namespace PromptDesigner.Runtime.Nodes.Validate;

/// <summary>Checks a value.</summary>
[Node("validate", "Validate", NodeGroup.Data, "Checks a value and lists what is wrong with it.")]
public sealed class ValidateNode : Node<ValidateSettings>
{
    private static readonly string[] Outcomes = ["valid", "invalid"];

    private static readonly Dictionary<CheckType, string> Needs = new()
    {
        [CheckType.Schema] = "schema",
        [CheckType.Contains] = "text",
        [CheckType.NotContains] = "text",
        [CheckType.MinLength] = "length",
        [CheckType.MaxLength] = "length",
        [CheckType.Pattern] = "pattern",
    };

    /// <inheritdoc />
    protected override IReadOnlyList<string> Ports(ValidateSettings settings) => Outcomes;

    /// <inheritdoc />
    protected override JsonElement? Shape(ValidateSettings settings) => JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new
        {
            valid = new { type = "boolean" },
            failures = new { type = "array", items = new { type = "object", properties = new { check = new { type = "string" }, message = new { type = "string" } } } },
            value = new { },
        },
    });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, ValidateSettings settings)
    {
        foreach (var (index, one) in settings.Checks.Index())
        {
            if (one.Type is not { } type) continue;
            var given = new (string Field, bool Given)[]
            {
                ("schema", one.Schema is { ValueKind: not JsonValueKind.Null }), ("text", one.Text is not null), ("length", one.Length is not null), ("pattern", one.Pattern is not null),
            };
            var written = Word(type);
            foreach (var (field, isGiven) in given)
            {
                var at = $"checks/{index}/{field}";
                if (field == Needs[type] && (!isGiven || field == "text" && one.Text!.Length == 0))
                    check.Error("setting_missing", at, $"The check '{written}' of {check.Called} needs a value for '{field}'.");
                else if (field != Needs[type] && isGiven)
                    check.Error("unknown_setting", at, $"The check '{written}' of {check.Called} has no setting '{field}'.", GraphPatch.Removal(check.PathOf(at), field));
            }
            if (type == CheckType.Pattern && one.Pattern is { } pattern && ConditionReader.PatternFault(pattern) is { } fault)
                check.Error("pattern_invalid", $"checks/{index}/pattern", $"The pattern in a check of {check.Called} {fault}");
        }
    }

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, ValidateSettings settings, CancellationToken cancel)
    {
        var value = context.Evaluate(settings.Value ?? default, cancel);
        var failures = settings.Checks.SelectMany(check => Failures(check, value, context, cancel)
            .Select(message => new { check = Word(check.Type!.Value), message = check.Message ?? message })).ToList();
        var valid = failures.Count == 0;
        return new(new NodeResult.Done(JsonSerializer.SerializeToElement(new { valid, failures, value }), valid ? "valid" : "invalid"));
    }

    private static IEnumerable<string> Failures(ValidateCheck check, JsonElement value, NodeContext context, CancellationToken cancel)
    {
        switch (check.Type)
        {
            case CheckType.Schema:
                var findings = CompiledSchema.Compile(check.Schema!.Value).Validate(value).Select(finding => finding.Path.Length == 0 ? finding.Message : $"{finding.Path}: {finding.Message}");
                return check.Message is null ? findings : findings.Take(1);
            case CheckType.Contains:
                var wanted = context.Render(check.Text!, cancel);
                return Holds(value, wanted) ? [] : [$"It does not contain '{wanted}'."];
            case CheckType.NotContains:
                var unwanted = context.Render(check.Text!, cancel);
                return Holds(value, unwanted) ? [$"It contains '{unwanted}'."] : [];
            case CheckType.MinLength:
                return Length(value) is var shortest && shortest >= check.Length ? [] : [$"It has a length of {shortest}; {check.Length} is the least."];
            case CheckType.MaxLength:
                return Length(value) is var longest && longest <= check.Length ? [] : [$"It has a length of {longest}; {check.Length} is the most."];
            case CheckType.Pattern:
                return Matches(check.Pattern!, AsText(value)) ? [] : [$"It does not match {check.Pattern}."];
            default:
                throw new InvalidOperationException($"No check {check.Type}.");
        }
    }

    private static bool Holds(JsonElement value, string text) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Any(one => AsText(one) == text)
        : AsText(value).Contains(text, StringComparison.Ordinal);

    private static int Length(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength(),
        // Characters as people count them, near enough: an emoji of one code point is one.
        _ => AsText(value).EnumerateRunes().Count(),
    };

    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Comparison.Pattern(pattern).IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false; // Bounded as `matches` in conditions is: a text too long to judge in that time does not match.
        }
    }

    private static string Word(CheckType type) => JsonNamingPolicy.CamelCase.ConvertName(type.ToString());

    private static string AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : JsonSerializer.Serialize(value);
}
