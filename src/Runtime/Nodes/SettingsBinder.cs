using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>One thing wrong with a node's settings.</summary>
/// <param name="Code">Of CONTRACT section 7.</param>
/// <param name="Path">JSON pointer below <c>settings</c>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Suggestion">For an unknown setting: the known one that was probably meant.</param>
public sealed record SettingFinding(string Code, string Path, string Message, string? Suggestion = null);

/// <summary>Reads settings strictly and to the end: every fault is a finding, and what is right is bound all the same, so that other checks can go on.</summary>
internal sealed class SettingsBinder(string called)
{
    public const int MostTemplateCharacters = 200_000;

    /// <summary>How settings are written: camelCase, words for choices, what is null left out.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    // Settings of the format that do nothing yet: refused, and never taken for a misspelling of another.
    private static readonly HashSet<string> Promised = new(StringComparer.Ordinal) { "template", "label", "version", "cache", "fallbacks", "hosts", "rubric", "minScore" };

    private readonly List<SettingFinding> _findings = [];

    /// <summary>What was found, in the settings' order.</summary>
    public IReadOnlyList<SettingFinding> Findings => _findings;

    /// <summary>The settings; wrong parts have their defaults.</summary>
    public NodeSettings Bind(NodeKind kind, JsonElement settings)
    {
        JsonNode? right = new JsonObject();
        if (settings.ValueKind == JsonValueKind.Object) right = Object(kind.Settings, settings, "");
        else
        {
            if (settings.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)) Find("wrong_type", "", $"The settings of {called} must be an object.");
            Missing(kind.Settings, default, "");
        }
        return (NodeSettings)right.Deserialize(kind.Node.SettingsType, Json)!;
    }

    private JsonObject Object(IReadOnlyList<SettingDescription> parts, JsonElement given, string path)
    {
        var right = new JsonObject();
        foreach (var property in given.EnumerateObject())
        {
            var at = $"{path}/{Pointer.Escape(property.Name)}";
            if (parts.FirstOrDefault(part => part.Name == property.Name) is not { } part)
            {
                if (Promised.Contains(property.Name))
                {
                    var missing = property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is { Length: > 0 } ? parts.Where(x => x.Field.Required && x.IsTemplate && !given.TryGetProperty(x.Name, out _)).ToList() : [];
                    Find("unknown_setting", at, $"{called} has no setting '{property.Name}'{(missing.Count == 1 ? $"; did you mean '{missing[0].Name}'?" : " yet. Remove it.")}", missing.Count == 1 ? missing[0].Name : null);
                    continue;
                }
                var free = parts.Select(known => known.Name).Where(known => !given.TryGetProperty(known, out _));
                var nearest = Nearest.To(property.Name, free);
                Find("unknown_setting", at, $"{called} has no setting '{property.Name}'{Nearest.Ask(nearest)}", nearest);
            }
            else if (Value(part, property.Value, at) is { } value) right[property.Name] = value;
        }
        Missing(parts, given, path);
        return right;
    }

    private void Missing(IReadOnlyList<SettingDescription> parts, JsonElement given, string path)
    {
        foreach (var part in parts.Where(part => part.Field.Required))
        {
            var value = given.ValueKind == JsonValueKind.Object && given.TryGetProperty(part.Name, out var found) ? found : default;
            var empty = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
                || value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString())
                || value.ValueKind == JsonValueKind.Array && part.Type == SettingType.List && value.GetArrayLength() == 0;
            if (empty) Find("setting_missing", $"{path}/{part.Name}", $"{called} needs a value for '{part.Name}' ({part.Field.Label}).");
        }
    }

    /// <summary>A copy of what is right; null where nothing is.</summary>
    private JsonNode? Value(SettingDescription setting, JsonElement given, string at)
    {
        if (given.ValueKind == JsonValueKind.Null)
        {
            if (!setting.Nullable && !setting.Field.Required) Wrong(setting, at, "something other than null");
            return null;
        }
        switch (setting.Type)
        {
            case SettingType.Json:
                LongStrings(setting, given, at);
                return JsonSerializer.SerializeToNode(given);
            case SettingType.Text when given.ValueKind == JsonValueKind.String:
                return LongStrings(setting, given, at) ? JsonValue.Create(given.GetString()) : null;
            case SettingType.Boolean when given.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return JsonValue.Create(given.GetBoolean());
            case SettingType.Number or SettingType.Integer when given.ValueKind == JsonValueKind.Number:
                return Number(setting, given.GetDouble(), at);
            case SettingType.Choice when given.ValueKind == JsonValueKind.String:
                if (setting.Choices.Contains(given.GetString()!)) return JsonValue.Create(given.GetString());
                Find("setting_range", at, $"'{setting.Name}' of {called} must be one of {string.Join(", ", setting.Choices)}; '{given.GetString()}' is none of them.");
                return null;
            case SettingType.Object when given.ValueKind == JsonValueKind.Object:
                return Object(setting.Parts, given, at);
            case SettingType.List when given.ValueKind == JsonValueKind.Array:
                return List(setting, given, at);
            case SettingType.List when setting.Field.Editor == FieldEditor.People && given.ValueKind == JsonValueKind.String:
                return new JsonArray(JsonValue.Create(given.GetString()));
            case SettingType.Condition:
                var reader = new ConditionReader(called);
                var right = reader.Read(given, at);
                _findings.AddRange(reader.Findings);
                return right is null ? null : JsonSerializer.SerializeToNode(given);
            default:
                Wrong(setting, at, setting.Type switch
                {
                    SettingType.Text => "text",
                    SettingType.Boolean => "true or false",
                    SettingType.Number => "a number",
                    SettingType.Integer => "a whole number",
                    SettingType.Choice => $"one of {string.Join(", ", setting.Choices)}",
                    SettingType.List => "a list",
                    _ => "an object",
                });
                return null;
        }
    }

    private JsonValue? Number(SettingDescription setting, double number, string at)
    {
        var field = setting.Field;
        if (setting.Type == SettingType.Integer && number != Math.Floor(number)) Wrong(setting, at, "a whole number");
        else if (!(number >= field.Min && number <= field.Max)) Range(setting, at, number.ToString(CultureInfo.InvariantCulture));
        else if (setting.Type == SettingType.Number) return JsonValue.Create(number);
        else if (Math.Abs(number) <= int.MaxValue) return JsonValue.Create((int)number);
        else Range(setting, at, number.ToString(CultureInfo.InvariantCulture));
        return null;
    }

    private JsonArray List(SettingDescription setting, JsonElement given, string at)
    {
        var count = given.GetArrayLength();
        if (count > setting.Field.Max || count < setting.Field.Min && count > 0) Range(setting, at, $"{count} entries");
        var right = new JsonArray();
        var index = 0;
        foreach (var entry in given.EnumerateArray())
        {
            var path = $"{at}/{(index++).ToString(CultureInfo.InvariantCulture)}";
            // Limits of a list count its entries; those of numbers in it would need a field of their own.
            if (Value(setting.Item!, entry, path) is { } value) right.Add(value);
            else if (entry.ValueKind == JsonValueKind.Null) Wrong(setting.Item!, path, "something other than null");
        }
        return right;
    }

    private bool LongStrings(SettingDescription setting, JsonElement given, string at)
    {
        if (given.ValueKind == JsonValueKind.Array)
            return given.EnumerateArray().Select((part, index) => LongStrings(setting, part, Pointer.Of(index).Insert(0, at))).ToList().TrueForAll(fits => fits);
        if (given.ValueKind == JsonValueKind.Object)
            return given.EnumerateObject().Select(part => LongStrings(setting, part.Value, $"{at}/{Pointer.Escape(part.Name)}")).ToList().TrueForAll(fits => fits);
        if (given.ValueKind != JsonValueKind.String) return true;
        var length = given.GetString()!.Length;
        if (setting.IsTemplate && length > MostTemplateCharacters)
            Find("limit", at, string.Create(CultureInfo.InvariantCulture, $"'{setting.Name}' of {called} has {length:N0} characters; prompts and templates may have {MostTemplateCharacters:N0}."));
        else if (length > setting.Field.MaxLength)
            Find("setting_range", at, string.Create(CultureInfo.InvariantCulture, $"'{setting.Name}' of {called} has {length:N0} characters; it may have {setting.Field.MaxLength:N0}."));
        else return true;
        return false;
    }

    private void Wrong(SettingDescription setting, string at, string expected) => Find("wrong_type", at, $"'{setting.Name}' of {called} must be {expected}.");

    private void Range(SettingDescription setting, string at, string given)
    {
        var (min, max) = (setting.Field.Min.ToString(CultureInfo.InvariantCulture), setting.Field.Max.ToString(CultureInfo.InvariantCulture));
        var allowed = double.IsInfinity(setting.Field.Max) ? $"at least {min}" : double.IsInfinity(setting.Field.Min) ? $"at most {max}" : $"{min} to {max}";
        Find("setting_range", at, $"'{setting.Name}' of {called} must be {allowed}; it is {given}.");
    }

    private void Find(string code, string path, string message, string? suggestion = null) =>
        _findings.Add(new SettingFinding(code, path, $"{char.ToUpperInvariant(message[0])}{message[1..]}", suggestion));
}
