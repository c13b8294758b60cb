using System.Text.Json;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Schemas;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Settings by themselves: types, ranges, schemas, models, and what each kind knows about its own.</summary>
internal static class SettingsCheck
{
    public static void Run(Draft draft)
    {
        for (var at = 0; at < draft.Graph.Nodes.Count; at++)
        {
            if (draft.Bound[at] is not { } bound) continue;
            var node = draft.Graph.Nodes[at];
            var position = at;
            foreach (var finding in bound.Findings)
            {
                var path = Draft.PathOf(at, $"/settings{finding.Path}");
                draft.Error(finding.Code, path, at, finding.Message, Fix(finding, path));
            }
            foreach (var (setting, value, path) in Leaves(bound.Kind.Settings, node.Settings, Draft.PathOf(at, "/settings")))
            {
                if (setting.Field.Editor == FieldEditor.Schema) Schema(draft, at, value, path);
                if (setting.Field.Editor == FieldEditor.Model && value.ValueKind == JsonValueKind.String) Model(draft, at, value.GetString()!, path);
            }
            bound.Kind.Node.Check(new NodeCheck
            {
                Graph = draft.Graph,
                Node = node,
                Index = draft.Index,
                Facts = draft.Facts,
                Report = draft.Report,
                PathOf = setting => Draft.PathOf(position, $"/settings/{setting}"),
            }, bound.Settings);
        }
    }

    /// <summary>The settings that hold no further settings, those of lists and groups included, with their places in the document.</summary>
    public static IEnumerable<(SettingDescription Setting, JsonElement Value, string Path)> Leaves(IReadOnlyList<SettingDescription> settings, JsonElement given, string path)
    {
        if (given.ValueKind != JsonValueKind.Object) return [];
        return settings.Where(setting => given.TryGetProperty(setting.Name, out var value) && value.ValueKind != JsonValueKind.Null)
            .SelectMany(setting => Leaves(setting, given.GetProperty(setting.Name), $"{path}/{setting.Name}"));
    }

    private static IEnumerable<(SettingDescription Setting, JsonElement Value, string Path)> Leaves(SettingDescription setting, JsonElement value, string path) => setting.Type switch
    {
        SettingType.Object => Leaves(setting.Parts, value, path),
        SettingType.List when value.ValueKind == JsonValueKind.Array => value.EnumerateArray().SelectMany((entry, index) => Leaves(setting.Item!, entry, $"{path}/{index}")),
        _ => [(setting, value, path)],
    };

    private static ProblemFix? Fix(SettingFinding finding, string path) => finding.Code != "unknown_setting" ? null
        : finding.Suggestion is { } nearest ? GraphPatch.Renaming(path, nearest)
        : GraphPatch.Removal(path, Pointer.Parts(path)[^1]);

    private static void Schema(Draft draft, int node, JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            draft.Error("schema_unsupported", path, node, $"The schema of {draft.Called(node)} must be an object.");
            return;
        }
        foreach (var finding in CompiledSchema.Inspect(schema))
            draft.Error("schema_unsupported", path + finding.Path, node, $"The schema of {draft.Called(node)}{(finding.Path.Length == 0 ? "" : $" at {finding.Path}")}: {finding.Message}");
    }

    private static void Model(Draft draft, int node, string model, string path)
    {
        if (model == "default" || model.Contains(SecretMark, StringComparison.Ordinal)) return;
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == model.Length - 1)
            draft.Warn("unknown_model", path, node, $"The model '{model}' of {draft.Called(node)} must be written connection/model, or 'default'.");
        else if (draft.Facts.IsKnownModel?.Invoke(model) == false)
            draft.Warn("unknown_model", path, node, $"The model '{model}' of {draft.Called(node)} is not available here; choose one.");
    }

    private const string SecretMark = Files.Secrets.Removed;
}
