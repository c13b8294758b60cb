using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes.Input;

/// <summary>Gives the run's inputs to the nodes after it.</summary>
[Node("input", "Input", NodeGroup.InputOutput, "Declares what a run is given; every pipeline starts here.")]
public sealed class InputNode : Node<InputSettings>
{
    /// <summary>Judges what a caller gives: the inputs with defaults filled in, and what is wrong with them.</summary>
    public static (JsonElement Inputs, IReadOnlyList<InputFault> Faults) Accept(InputSettings settings, JsonElement given)
    {
        var faults = new List<InputFault>();
        if (given.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null))
            return (given, [new InputFault("input_type", "", "Inputs must be an object with one property for each input.")]);
        var accepted = new JsonObject();
        foreach (var field in settings.Fields)
        {
            var value = given.ValueKind == JsonValueKind.Object && given.TryGetProperty(field.Name, out var found) ? found : default;
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) value = field.Default ?? default;
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            {
                if (field.Required) faults.Add(new InputFault("input_missing", field.Name, $"Input '{field.Name}' is missing."));
                continue;
            }
            if (Fault(field, value) is { } fault) faults.Add(new InputFault("input_type", field.Name, $"Input '{field.Name}' {fault}"));
            accepted[field.Name] = JsonSerializer.SerializeToNode(value);
        }
        if (given.ValueKind == JsonValueKind.Object)
            foreach (var property in given.EnumerateObject().Where(property => settings.Fields.TrueForAll(field => field.Name != property.Name)))
                faults.Add(new InputFault("input_unknown", property.Name, $"There is no input '{property.Name}'{Nearest.Ask(Nearest.To(property.Name, settings.Fields.Select(field => field.Name)))}"));
        return (JsonSerializer.SerializeToElement(accepted), faults);
    }

    /// <inheritdoc />
    protected override JsonElement? Shape(InputSettings settings) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(settings.Fields.DistinctBy(field => field.Name).Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, ShapeOf(field)))),
    });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, InputSettings settings)
    {
        check.FieldNames("fields", "name", settings.Fields.Select(field => field.Name));
        foreach (var (index, field) in settings.Fields.Index())
        {
            if (field is { Type: InputType.File, Default: not null } or { Type: InputType.File, Options: not null })
            {
                check.Error("setting_range", $"fields/{index}/{(field.Default is null ? "options" : "default")}", $"'{field.Name}' in {check.Called} is a file; files are kept only while a run names them, so it can have no default and no options.");
                continue;
            }
            foreach (var (at, option) in (field.Options ?? []).Index())
                if (TypeFault(field.Type, option) is { } wrong) check.Error("setting_range", $"fields/{index}/options/{at}", $"An option of '{field.Name}' in {check.Called} {wrong}");
            if (field.Default is { ValueKind: not JsonValueKind.Null } value && Fault(field, value) is { } fault)
                check.Error("setting_range", $"fields/{index}/default", $"The default of '{field.Name}' in {check.Called} {fault}");
        }
    }

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, InputSettings settings, CancellationToken cancel) =>
        new(new NodeResult.Done(Accept(settings, context.RunInputs).Inputs));

    private static JsonObject ShapeOf(InputField field)
    {
        var shape = field.Type switch
        {
            InputType.Text => new JsonObject { ["type"] = "string" },
            InputType.Number => new JsonObject { ["type"] = "number" },
            InputType.Boolean => new JsonObject { ["type"] = "boolean" },
            InputType.List => new JsonObject { ["type"] = "array" },
            InputType.File => FileShape(),
            _ => [],
        };
        if (field.Options is { Count: > 0 } options) shape["enum"] = new JsonArray([.. options.Select(option => JsonSerializer.SerializeToNode(option))]);
        return shape;
    }

    private static JsonObject FileShape() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["name"] = new JsonObject { ["type"] = "string" }, ["contentType"] = new JsonObject { ["type"] = "string" }, ["size"] = new JsonObject { ["type"] = "number" },
            ["text"] = new JsonObject { ["type"] = "string" }, ["json"] = new JsonObject(), ["rows"] = new JsonObject { ["type"] = "array" },
        },
    };

    private static string? Fault(InputField field, JsonElement value) => TypeFault(field.Type, value)
        ?? (field.Options is { Count: > 0 } options && !options.Exists(option => JsonElement.DeepEquals(option, value))
            ? $"must be one of {string.Join(", ", options.Take(20))}." : null);

    private static string? TypeFault(InputType type, JsonElement value) => (type, value.ValueKind) switch
    {
        (InputType.Text, JsonValueKind.String) or (InputType.Number, JsonValueKind.Number) or (InputType.List, JsonValueKind.Array)
            or (InputType.Boolean, JsonValueKind.True or JsonValueKind.False) or (InputType.Json, _) => null,
        (InputType.File, JsonValueKind.String) when Guid.TryParseExact(value.GetString(), "D", out _) => null,
        (InputType.File, _) => "must be the id of an uploaded file.",
        (InputType.Text, _) => "must be text.",
        (InputType.Number, _) => "must be a number.",
        (InputType.Boolean, _) => "must be true or false.",
        _ => "must be a list.",
    };
}

/// <summary>One thing wrong with the inputs of a run: <c>input_missing</c>, <c>input_type</c> or <c>input_unknown</c>.</summary>
public sealed record InputFault(string Code, string Input, string Message);
