using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>One comparison as a row.</summary>
/// <param name="Left">What is looked at: a path.</param>
/// <param name="Op">How, as files write it.</param>
/// <param name="Right">With what, as typed; lists with commas between.</param>
public sealed record ConditionRow(string Left, string Op, string Right);

/// <summary>Conditions without nesting as rows.</summary>
public static class ConditionRows
{
    /// <summary>The operators in words, in the order in which they are offered.</summary>
    public static IReadOnlyDictionary<string, string> Words { get; } = new Dictionary<string, string>
    {
        ["equals"] = "is", ["notEquals"] = "is not", ["contains"] = "contains", ["notContains"] = "does not contain", ["startsWith"] = "starts with", ["endsWith"] = "ends with", ["in"] = "is one of",
        ["greaterThan"] = "is greater than", ["greaterOrEqual"] = "is at least", ["lessThan"] = "is less than", ["lessOrEqual"] = "is at most", ["isEmpty"] = "is empty", ["isNotEmpty"] = "is not empty",
        [Shorter] = "is shorter than (characters)", [Longer] = "is longer than (characters)", ["isTrue"] = "is true", ["isFalse"] = "is false", ["matches"] = "matches the pattern",
    };

    /// <summary>A comparison in words, as it stands in a sentence.</summary>
    public static string Say(ConditionRow row) => row.Op is Shorter or Longer ? $"{row.Left} is {row.Op} than {row.Right} characters" : $"{row.Left} {Words[row.Op]}{(HasRight(row.Op) ? $" {row.Right}" : "")}";

    private const string Shorter = "shorter";
    private const string Longer = "longer";
    private const string Size = ".size";

    /// <summary>Why a comparison can never hold, as far as is known; null: nothing speaks against it.</summary>
    public static string? Hint(ConditionRow row, IValues known) => row.Op is "greaterThan" or "greaterOrEqual" or "lessThan" or "lessOrEqual" && KindOf(row.Left, known) == JsonValueKind.String
        ? $"{row.Left} is a text, and a text is never more or less than a number. To ask for its length choose “is shorter than” or “is longer than”."
        : null;

    /// <summary>True where an operator compares with something.</summary>
    public static bool HasRight(string op) => op is not ("isEmpty" or "isNotEmpty" or "isTrue" or "isFalse");

    /// <summary>True where rows lose nothing: none, or all or any of comparisons.</summary>
    public static bool IsTable(JsonNode? condition) => condition is null or JsonObject { Count: 0 }
        || condition is JsonObject { Count: 1 } top && (top["all"] ?? top["any"]) is JsonArray parts && parts.All(x => x is JsonObject part && part.All(y => y.Key is "left" or "op" or "right") && part["left"] is JsonValue && Words.ContainsKey(Text(part["op"])));

    /// <summary>The rows, and whether all of them must hold.</summary>
    public static (bool All, List<ConditionRow> Rows) Read(JsonNode? condition) =>
        (condition?["any"] is null, ((condition?["all"] ?? condition?["any"]) as JsonArray)?.Select(x => Row(Text(x!["left"]), Text(x["op"]), Typed(x["right"]))).ToList() ?? []);

    /// <summary>The condition of rows; null: none.</summary>
    /// <param name="all">All must hold, else any.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="known">What the left sides were last: a number is compared with a number.</param>
    public static JsonNode? Write(bool all, IReadOnlyList<ConditionRow> rows, IValues known)
    {
        if (rows.Count == 0) return null;
        var parts = new JsonArray();
        foreach (var row in rows)
        {
            var written = row.Op is Shorter or Longer ? row with { Left = row.Left + Size, Op = row.Op == Shorter ? "lessThan" : "greaterThan" } : row;
            var part = new JsonObject { ["left"] = written.Left, ["op"] = written.Op };
            if (HasRight(written.Op)) part["right"] = Right(written, known);
            parts.Add(part);
        }
        return new JsonObject { [all ? "all" : "any"] = parts };
    }

    private static ConditionRow Row(string left, string op, string right) => left.EndsWith(Size, StringComparison.Ordinal) && op is "lessThan" or "greaterThan"
        ? new ConditionRow(left[..^Size.Length], op == "lessThan" ? Shorter : Longer, right)
        : new ConditionRow(left, op, right);

    private static JsonNode? Right(ConditionRow row, IValues known)
    {
        if (row.Op == "in") return new JsonArray([.. SchemaFields.Words(row.Right).Select(x => Value(x, IsNumber(row.Left, known)))]);
        return Value(row.Right, row.Op is "greaterThan" or "greaterOrEqual" or "lessThan" or "lessOrEqual" || row.Op is "equals" or "notEquals" && IsNumber(row.Left, known));
    }

    private static JsonNode Value(string text, bool isNumber) =>
        isNumber && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(text);

    private static bool IsNumber(string path, IValues known) => KindOf(path, known) == JsonValueKind.Number;

    private static JsonValueKind KindOf(string path, IValues known)
    {
        try
        {
            return Template.Parse("{{ " + path + " }}").Evaluate(known, TemplateLimits.Default, CancellationToken.None).ValueKind;
        }
        catch (Exception error) when (error is TemplateRenderException or TemplateSyntaxException)
        {
            return JsonValueKind.Undefined; // not known yet
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static string Typed(JsonNode? node) => node switch
    {
        null => "",
        JsonArray list => string.Join(", ", list.Select(Typed)),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => node.ToJsonString(),
    };
}
