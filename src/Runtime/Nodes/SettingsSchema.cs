using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>Makes a JSON schema from described settings.</summary>
internal static class SettingsSchema
{
    public static JsonElement Of(IReadOnlyList<SettingDescription> settings) => JsonSerializer.SerializeToElement(Object(settings));

    private static JsonObject Object(IReadOnlyList<SettingDescription> settings)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(settings.Select(setting => KeyValuePair.Create<string, JsonNode?>(setting.Name, Described(setting)))),
            ["additionalProperties"] = false,
        };
        if (settings.Any(setting => setting.Field.Required))
            schema["required"] = new JsonArray([.. settings.Where(setting => setting.Field.Required).Select(setting => (JsonNode)setting.Name)]);
        return schema;
    }

    private static JsonObject Described(SettingDescription setting)
    {
        var schema = Value(setting);
        schema["title"] = setting.Field.Label;
        schema["description"] = setting.Field.Help;
        if (setting.Default.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)) schema["default"] = JsonSerializer.SerializeToNode(setting.Default);
        return schema;
    }

    private static JsonObject Value(SettingDescription setting)
    {
        switch (setting.Type)
        {
            case SettingType.Text:
                var text = new JsonObject { ["type"] = "string" };
                if (setting.Field.MaxLength < int.MaxValue) text["maxLength"] = setting.Field.MaxLength;
                return text;
            case SettingType.Number or SettingType.Integer:
                var number = new JsonObject { ["type"] = setting.Type == SettingType.Number ? "number" : "integer" };
                if (double.IsFinite(setting.Field.Min)) number["minimum"] = setting.Field.Min;
                if (double.IsFinite(setting.Field.Max)) number["maximum"] = setting.Field.Max;
                return number;
            case SettingType.Boolean:
                return new JsonObject { ["type"] = "boolean" };
            case SettingType.Choice:
                return new JsonObject { ["enum"] = new JsonArray([.. setting.Choices.Select(choice => (JsonNode)choice)]) };
            case SettingType.List:
                var list = new JsonObject { ["type"] = "array", ["items"] = Value(setting.Item!) };
                if (double.IsFinite(setting.Field.Min)) list["minItems"] = setting.Field.Min;
                if (double.IsFinite(setting.Field.Max)) list["maxItems"] = setting.Field.Max;
                return list;
            case SettingType.Object:
                return Object(setting.Parts);
            case SettingType.Condition:
                return new JsonObject { ["type"] = "object", ["description"] = "{ \"all\" or \"any\": [ { \"left\", \"op\", \"right\" } or a nested condition ] }" };
            default:
                return [];
        }
    }
}
