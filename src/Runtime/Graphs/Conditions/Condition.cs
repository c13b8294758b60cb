using System.Text.Json;
using System.Text.Json.Serialization;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.Conditions;

/// <summary>How a comparison compares.</summary>
public enum ConditionOp
{
    Equals, NotEquals, Contains, NotContains, StartsWith, EndsWith, Matches, GreaterThan, GreaterOrEqual, LessThan, LessOrEqual, IsEmpty, IsNotEmpty, IsTrue, IsFalse, In,
}

/// <summary>A condition as data: all or any of its parts hold. Immutable and safe to share between threads.</summary>
/// <param name="All">True: all parts must hold; false: any.</param>
/// <param name="Parts">Comparisons and nested conditions.</param>
[JsonConverter(typeof(ConditionConverter))]
public sealed record Condition(bool All, IReadOnlyList<ConditionPart> Parts)
{
    /// <summary>Whether it holds; a missing or null left side counts as empty, and nothing here throws for data.</summary>
    public bool Holds(IValues values) => All ? Parts.All(part => part.Holds(values)) : Parts.Any(part => part.Holds(values));

    /// <summary>Every comparison, nested ones too, with its JSON pointer below the condition.</summary>
    public IEnumerable<(Comparison Comparison, string Path)> Comparisons(string path = "") => Parts.SelectMany((part, index) =>
    {
        var at = $"{path}/{(All ? "all" : "any")}/{index}";
        return part.Nested is { } nested ? nested.Comparisons(at) : [(part.Comparison!, at)];
    });

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="JsonException">It is no condition; the message says why.</exception>
    public static Condition Parse(JsonElement json)
    {
        var reader = new ConditionReader("the condition");
        return reader.Read(json, "") ?? throw new JsonException(reader.Findings[0].Message);
    }
}

/// <summary>A comparison, or a nested condition; one of the two.</summary>
public sealed record ConditionPart(Comparison? Comparison, Condition? Nested)
{
    internal bool Holds(IValues values) => Nested?.Holds(values) ?? Comparison!.Holds(values);
}

/// <summary>Reads and writes conditions as settings hold them.</summary>
internal sealed class ConditionConverter : JsonConverter<Condition>
{
    public override Condition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Condition.Parse(document.RootElement.Clone());
    }

    public override void Write(Utf8JsonWriter writer, Condition value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(value.All ? "all" : "any");
        foreach (var part in value.Parts)
        {
            if (part.Nested is { } nested)
            {
                Write(writer, nested, options);
                continue;
            }
            writer.WriteStartObject();
            writer.WriteString("left", part.Comparison!.Left.ToString());
            writer.WriteString("op", JsonNamingPolicy.CamelCase.ConvertName(part.Comparison.Op.ToString()));
            if (part.Comparison.Right is { } right)
            {
                writer.WritePropertyName("right");
                right.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
