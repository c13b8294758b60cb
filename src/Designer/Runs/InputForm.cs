using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Nodes.Input;

namespace PromptDesigner.Designer.Runs;

/// <summary>What a person types into a run's form, as texts, and the JSON that it means.</summary>
public sealed class InputForm
{
    /// <summary>A form of an <c>input</c> node's fields, filled with defaults or with what an earlier run was given.</summary>
    /// <param name="fields">The node's fields.</param>
    /// <param name="remembered">Inputs of an earlier run: a JSON object; null: none.</param>
    /// <param name="keepsFiles">Files that were given stay until others are chosen; else each is chosen anew.</param>
    public InputForm(IReadOnlyList<InputField> fields, string? remembered, bool keepsFiles = false)
    {
        JsonElement? earlier = null;
        if (remembered is not null) earlier = JsonSerializer.Deserialize<JsonElement>(remembered);
        Fields = [.. fields.Select(field => new Entry(field, (keepsFiles || field.Type != InputType.File) && earlier is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(field.Name, out var value) ? value : field.Default))];
    }

    /// <summary>The fields with what is typed.</summary>
    public IReadOnlyList<Entry> Fields { get; }

    /// <summary>The inputs as JSON; null where an entry is wrong, which then says so.</summary>
    public JsonElement? Read()
    {
        var inputs = new JsonObject();
        var wrong = false;
        foreach (var entry in Fields)
        {
            entry.Error = null;
            if (entry.Text.Length == 0 && entry.Field.Type != InputType.Boolean)
            {
                if (entry.Field.Required && entry.Field.Default is null) entry.Error = "This is needed.";
                wrong |= entry.Error is not null;
                continue;
            }
            try
            {
                inputs[entry.Field.Name] = entry.Value();
            }
            catch (FormatException error)
            {
                entry.Error = error.Message;
                wrong = true;
            }
        }
        return wrong ? null : JsonSerializer.SerializeToElement(inputs);
    }

    /// <summary>One field with what is typed.</summary>
    public sealed class Entry
    {
        internal Entry(InputField field, JsonElement? value)
        {
            Field = field;
            Text = value is not { } given || given.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? field.Type == InputType.Boolean ? "false" : ""
                : given.ValueKind == JsonValueKind.String ? given.GetString()!
                : field.Type == InputType.List && given.ValueKind == JsonValueKind.Array && given.EnumerateArray().All(x => x.ValueKind == JsonValueKind.String && !x.GetString()!.Contains('\n', StringComparison.Ordinal))
                    ? string.Join('\n', given.EnumerateArray().Select(x => x.GetString()))
                    : given.GetRawText();
            IsPrefilled = Text.Length > 0;
        }

        /// <summary>The field.</summary>
        public InputField Field { get; }

        /// <summary>What is typed.</summary>
        public string Text { get; set; }

        /// <summary>Something stood in it before anybody typed.</summary>
        public bool IsPrefilled { get; }

        /// <summary>What is wrong with it, in words; null: nothing.</summary>
        public string? Error { get; set; }

        /// <summary>What the field takes, in words.</summary>
        public string Help => Field.Type switch
        {
            InputType.List => "One item a line, or a JSON list such as [\"a\", \"b\"].",
            InputType.Json => "Any JSON, such as { \"name\": \"Ana\" }.",
            _ => "",
        };

        /// <summary>What the text means.</summary>
        /// <exception cref="FormatException">It means nothing; the message says why.</exception>
        internal JsonNode? Value()
        {
            if (Field.Options is { Count: > 0 } options) return options.Where(x => Option(x) == Text).Select(x => JsonNode.Parse(x.GetRawText())).FirstOrDefault() ?? JsonValue.Create(Text);
            return Field.Type switch
            {
                InputType.Number => double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonNode.Parse(decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact.ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture)) : throw new FormatException("Write a number, with a dot for decimals."),
                InputType.Boolean => JsonValue.Create(Text == "true"),
                InputType.Json => Parse(Text),
                InputType.List when Text.TrimStart().StartsWith('[') => Parse(Text) is JsonArray list ? list : throw new FormatException("Write a JSON list, or one item a line."),
                InputType.List => new JsonArray([.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(x => (JsonNode?)JsonValue.Create(x))]),
                _ => JsonValue.Create(Text),
            };
        }

        /// <summary>An option as it is chosen.</summary>
        public static string Option(JsonElement option) => option.ValueKind == JsonValueKind.String ? option.GetString()! : option.GetRawText();

        private static JsonNode? Parse(string text)
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException error)
            {
                throw new FormatException($"This is no JSON: line {error.LineNumber + 1}, character {error.BytePositionInLine + 1}.");
            }
        }
    }
}
