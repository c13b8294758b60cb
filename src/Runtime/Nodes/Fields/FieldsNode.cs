using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes.Input;

namespace PromptDesigner.Runtime.Nodes.Fields;

/// <summary>Builds an object.</summary>
[Node("fields", "Fields", NodeGroup.Data, "Builds an object from values of earlier nodes.")]
public sealed class FieldsNode : Node<FieldsSettings>
{
    /// <inheritdoc />
    protected override JsonElement? Shape(FieldsSettings settings) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(settings.Fields.DistinctBy(field => field.Name).Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, field.Type switch
        {
            FieldType.Text => new JsonObject { ["type"] = "string" },
            FieldType.Number => new JsonObject { ["type"] = "number" },
            FieldType.Boolean => new JsonObject { ["type"] = "boolean" },
            FieldType.List => new JsonObject { ["type"] = "array" },
            _ => new JsonObject(),
        }))),
    });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, FieldsSettings settings) => check.FieldNames("fields", "name", settings.Fields.Select(field => field.Name));

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, FieldsSettings settings, CancellationToken cancel)
    {
        var made = new JsonObject();
        foreach (var field in settings.Fields)
        {
            var value = context.Evaluate(field.Value ?? default, cancel);
            if (field.Type is { } type)
            {
                if (Convert(type, value) is not { } converted)
                    return new(new NodeResult.Failed("invalid_output", $"Field '{field.Name}' must be {Say(type)}, but its value is {Excerpt(value)}."));
                value = converted;
            }
            made[field.Name] = JsonSerializer.SerializeToNode(value);
        }
        return new(new NodeResult.Done(JsonSerializer.SerializeToElement(made)));
    }

    private static JsonElement? Convert(FieldType type, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : null;
        return type switch
        {
            FieldType.Text => text is null ? JsonSerializer.SerializeToElement(JsonSerializer.Serialize(value)) : value,
            FieldType.Number => value.ValueKind == JsonValueKind.Number ? value
                : text is not null && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonSerializer.SerializeToElement(number) : null,
            FieldType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value
                : bool.TryParse(text, out var flag) ? JsonSerializer.SerializeToElement(flag) : null,
            FieldType.Json => text is null ? value : Parse(text),
            FieldType.List => value.ValueKind == JsonValueKind.Array ? value : text is not null && Parse(text) is { ValueKind: JsonValueKind.Array } list ? list : null,
            _ => throw new InvalidOperationException($"No type {type}."),
        };
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return null; // The caller makes it the step's error, with the text in it.
        }
    }

    private static string Say(FieldType type) => type switch
    {
        FieldType.Number => "a number",
        FieldType.Boolean => "true or false",
        FieldType.List => "a list",
        _ => "JSON",
    };

    private static string Excerpt(JsonElement value)
    {
        var text = JsonSerializer.Serialize(value);
        return text.Length <= 80 ? text : $"{text[..80]}…";
    }
}
