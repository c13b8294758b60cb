using System.Text.Json;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>Collects what a node's settings read; templates that cannot be parsed are reported on the way.</summary>
internal sealed class Readings(Draft draft, int node)
{
    private readonly List<Reading> _found = [];
    private readonly Lazy<IReadOnlyList<string>> _place = new(() => draft.Index.PlaceNames(node, inside: false));

    public static List<Reading> Of(Draft draft, int node)
    {
        if (draft.Bound[node] is not { } bound) return [];
        var readings = new Readings(draft, node);
        foreach (var (setting, value, path) in SettingsCheck.Leaves(bound.Kind.Settings, draft.Graph.Nodes[node].Settings, Draft.PathOf(node, "/settings")))
            readings.Setting(setting, value, path);
        return readings._found;
    }

    private void Setting(SettingDescription setting, JsonElement value, string path)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        switch (setting.Field.Editor)
        {
            case FieldEditor.Template or FieldEditor.Prompt or FieldEditor.Duration when text is not null:
                Template(setting, text, path);
                break;
            case FieldEditor.Path when !string.IsNullOrWhiteSpace(text):
                Path(setting, text, path);
                break;
            case FieldEditor.Value when text is not null && ValuePath.TryParse(text, out var bare) && IsBare(bare.Name):
                _found.Add(new Reading(node, path, setting.Name, text, ReadingForm.Bare, bare, MayBeMissing: false, setting.Field.Inside, 1, 1));
                break;
            case FieldEditor.Value:
                Values(setting, value, path);
                break;
            case FieldEditor.Condition:
                var reader = new ConditionReader("");
                if (reader.Read(value, "") is not { } condition) break;
                foreach (var (comparison, at) in condition.Comparisons(path))
                    _found.Add(new Reading(node, $"{at}/left", setting.Name, comparison.Left.ToString(), ReadingForm.Condition, comparison.Left, MayBeMissing: true, setting.Field.Inside, 1, 1));
                break;
        }
    }

    private bool IsBare(string name) => draft.Index.PositionOf(name) >= 0 || _place.Value.Contains(name);

    private void Values(SettingDescription setting, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                Template(setting, value.GetString()!, path);
                break;
            case JsonValueKind.Array:
                foreach (var (index, part) in value.EnumerateArray().Index()) Values(setting, part, $"{path}/{index}");
                break;
            case JsonValueKind.Object:
                foreach (var part in value.EnumerateObject()) Values(setting, part.Value, $"{path}/{Pointer.Escape(part.Name)}");
                break;
        }
    }

    private void Path(SettingDescription setting, string text, string path)
    {
        // The result of an iteration whose node was skipped is null, which is no error.
        if (ValuePath.TryParse(text, out var bare))
            _found.Add(new Reading(node, path, setting.Name, text, ReadingForm.Bare, bare, MayBeMissing: setting.Field.Inside, setting.Field.Inside, 1, 1));
        else if (Template(setting, text, path) is { LonePath: null })
            draft.Error("template_syntax", path, node, $"'{setting.Name}' of {draft.Called(node)} must be one path, such as draft.title.");
    }

    private Template? Template(SettingDescription setting, string text, string path)
    {
        // What is too long was reported with its limit, and is not parsed.
        if (text.Length > SettingsBinder.MostTemplateCharacters) return null;
        try
        {
            var template = TemplateCache.Get(text);
            foreach (var read in template.Reads)
                _found.Add(new Reading(node, path, setting.Name, text, ReadingForm.Template, read.Path,
                    read.MayBeMissing || setting.Field is { Inside: true, Editor: FieldEditor.Path }, setting.Field.Inside, read.Line, read.Column));
            foreach (var name in template.Assigns.Where(name => draft.Index.PositionOf(name) >= 0).Distinct())
                draft.Error("template_syntax", path, node, $"The template of {draft.Called(node)} assigns '{name}', which is the id of {draft.Called(draft.Index.PositionOf(name))}. Choose another name.");
            return template;
        }
        catch (TemplateSyntaxException fault)
        {
            draft.Error(fault.Code, path, node, fault.Message.StartsWith("Line ", StringComparison.Ordinal) ? $"{draft.Called(node)}: {fault.Message}" : $"{draft.Called(node)}, line {fault.Line}, column {fault.Column}: {fault.Message}");
            return null;
        }
    }
}
