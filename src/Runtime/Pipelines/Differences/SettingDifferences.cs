using System.Text.Encodings.Web;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Pipelines.Differences;

/// <summary>Compares what is set, leaf by leaf, and calls each by the label of its field.</summary>
internal static class SettingDifferences
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<SettingDifference> Of(GraphNode before, GraphNode after)
    {
        var found = new List<SettingDifference>();
        Say(found, "kind", "Kind", before.Kind, after.Kind);
        Say(found, "name", "Name", before.Name ?? "", after.Name ?? "");
        Say(found, "parent", "Inside", before.Parent ?? "", after.Parent ?? "");
        Say(found, "disabled", "Skipped", before.Disabled ? "yes" : "", after.Disabled ? "yes" : "");
        Walk(found, "settings", NodeCatalog.Standard.Find(after.Kind)?.Settings ?? [], "", before.Settings, after.Settings);
        foreach (var name in before.Unknown.Keys.Union(after.Unknown.Keys, StringComparer.Ordinal))
            Say(found, name, name, before.Unknown.TryGetValue(name, out var x) ? Text(x) : "", after.Unknown.TryGetValue(name, out var y) ? Text(y) : "");
        return found;
    }

    public static IReadOnlyList<SettingDifference> Of(Graph before, Graph after)
    {
        var found = new List<SettingDifference>();
        Say(found, "name", "Name", before.Name, after.Name);
        Say(found, "description", "Description", before.Description ?? "", after.Description ?? "");
        var (earlier, later) = (before.Notes.ToLookup(x => x.Id), after.Notes.ToLookup(x => x.Id));
        foreach (var id in before.Notes.Concat(after.Notes).Select(x => x.Id).Distinct(StringComparer.Ordinal))
            Say(found, $"notes/{id}", "Note", earlier[id].FirstOrDefault()?.Text ?? "", later[id].FirstOrDefault()?.Text ?? "");
        return found;
    }

    private static void Walk(List<SettingDifference> found, string path, IReadOnlyList<SettingDescription> known, string above, JsonElement before, JsonElement after)
    {
        if (before.ValueKind == JsonValueKind.Object != (after.ValueKind == JsonValueKind.Object) && (IsNothing(before) || IsNothing(after)))
        {
            // a group that one of the two does not have differs in each of its fields
            if (IsNothing(before)) before = JsonSerializer.SerializeToElement(new { });
            else after = JsonSerializer.SerializeToElement(new { });
        }
        var names = Names(before).Union(Names(after), StringComparer.Ordinal);
        foreach (var name in names)
        {
            var (was, now) = (Part(before, name), Part(after, name));
            if (JsonElement.DeepEquals(was, now)) continue;
            var setting = known.FirstOrDefault(x => x.Name == name);
            var label = above + (setting?.Field.Label ?? name);
            if (setting?.Type == SettingType.Object) Walk(found, $"{path}/{name}", setting.Parts, label + ": ", was, now);
            else Say(found, $"{path}/{name}", label, Text(was), Text(now));
        }
    }

    private static IEnumerable<string> Names(JsonElement element) => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(x => x.Name) : [];

    private static JsonElement Part(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var part) ? part : Nothing;

    private static readonly JsonElement Nothing = JsonSerializer.SerializeToElement<object?>(null);

    private static bool IsNothing(JsonElement element) => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    private static string Text(JsonElement element) => IsNothing(element) ? "" : element.ValueKind == JsonValueKind.String ? element.GetString()! : JsonSerializer.Serialize(element, Readable);

    private static void Say(List<SettingDifference> found, string path, string label, string before, string after)
    {
        if (before != after) found.Add(new SettingDifference(path, label, before, after));
    }
}
