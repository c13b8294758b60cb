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
            InputType.Text => new JsonObject { ["type"] = "string" },
            InputType.Number => new JsonObject { ["type"] = "number" },
            InputType.Boolean => new JsonObject { ["type"] = "boolean" },
            InputType.List => new JsonObject { ["type"] = "array" },
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

    private static JsonElement? Convert(InputType type, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : null;
        return type switch
        {
            InputType.Text => text is null ? JsonSerializer.SerializeToElement(JsonSerializer.Serialize(value)) : value,
            InputType.Number => value.ValueKind == JsonValueKind.Number ? value
                : text is not null && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonSerializer.SerializeToElement(number) : null,
            InputType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value
                : bool.TryParse(text, out var flag) ? JsonSerializer.SerializeToElement(flag) : null,
            InputType.Json => text is null ? value : Parse(text),
            InputType.List => value.ValueKind == JsonValueKind.Array ? value : text is not null && Parse(text) is { ValueKind: JsonValueKind.Array } list ? list : null,
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

    private static string Say(InputType type) => type switch
    {
        InputType.Number => "a number",
        InputType.Boolean => "true or false",
        InputType.List => "a list",
        _ => "JSON",
    };

    private static string Excerpt(JsonElement value)
    {
        var text = JsonSerializer.Serialize(value);
        return text.Length <= 80 ? text : $"{text[..80]}…";
    }
}
