using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs.Files;

/// <summary>Writes pipeline files in the one canonical form, so that two exports of one graph are byte-equal and differences show as lines.</summary>
public static class GraphWriter
{
    private static readonly JsonWriterOptions Canonical = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        // Files are read by people and compared line by line; nothing of them is pasted into HTML unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>UTF-8 without a byte order mark: fixed key order, two spaces, LF at every line's end, defaults of the drawing left out.</summary>
    public static byte[] Write(Graph graph)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Canonical))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", Graph.CurrentSchemaVersion);
            writer.WriteString("name", graph.Name);
            if (graph.Description is { } description) writer.WriteString("description", description);
            writer.WriteStartArray("nodes");
            foreach (var node in graph.Nodes) Write(writer, node);
            writer.WriteEndArray();
            writer.WriteStartArray("edges");
            foreach (var edge in graph.Edges) Write(writer, edge);
            writer.WriteEndArray();
            if (graph.Notes.Count > 0)
            {
                writer.WriteStartArray("notes");
                foreach (var note in graph.Notes) Write(writer, note);
                writer.WriteEndArray();
            }
            Rest(writer, graph.Unknown);
            writer.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, GraphNode node)
    {
        writer.WriteStartObject();
        writer.WriteString("id", node.Id);
        writer.WriteString("kind", node.Kind);
        if (node.Name is { } name) writer.WriteString("name", name);
        if (node.Parent is { } parent) writer.WriteString("parent", parent);
        Place(writer, node.Position, node.Size, node.Unknown);
        if (node.Disabled) writer.WriteBoolean("disabled", true);
        if (node.Settings.ValueKind == JsonValueKind.Object)
        {
            if (node.Settings.EnumerateObject().Any())
            {
                writer.WritePropertyName("settings");
                Settings(writer, NodeCatalog.Standard.Find(node.Kind)?.Settings ?? [], node.Settings);
            }
        }
        else if (node.Settings.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            writer.WritePropertyName("settings");
            node.Settings.WriteTo(writer);
        }
        Rest(writer, node.Unknown);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, GraphEdge edge)
    {
        writer.WriteStartObject();
        if (edge.Id is { } id) writer.WriteString("id", id);
        writer.WriteString("from", edge.From);
        if (edge.FromPort != "out") writer.WriteString("fromPort", edge.FromPort);
        writer.WriteString("to", edge.To);
        if (edge.ToPort != "in") writer.WriteString("toPort", edge.ToPort);
        Rest(writer, edge.Unknown);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, GraphNote note)
    {
        writer.WriteStartObject();
        writer.WriteString("id", note.Id);
        writer.WriteString("text", note.Text);
        Place(writer, note.Position, note.Size, note.Unknown);
        Rest(writer, note.Unknown);
        writer.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter writer, Point position, Size? size, IReadOnlyDictionary<string, JsonElement> unknown)
    {
        if (position != default || Strays(unknown, "position").Any()) Pair(writer, "position", ("x", position.X), ("y", position.Y), unknown);
        if (size is { } drawn) Pair(writer, "size", ("width", drawn.Width), ("height", drawn.Height), unknown);
    }

    private static void Pair(Utf8JsonWriter writer, string property, (string Name, double Value) first, (string Name, double Value) second, IReadOnlyDictionary<string, JsonElement> unknown)
    {
        writer.WriteStartObject(property);
        writer.WriteNumber(first.Name, first.Value);
        writer.WriteNumber(second.Name, second.Value);
        foreach (var (key, value) in Strays(unknown, property)) Property(writer, key[(property.Length + 1)..], value);
        writer.WriteEndObject();
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Strays(IReadOnlyDictionary<string, JsonElement> unknown, string property) =>
        unknown.Where(stray => stray.Key.StartsWith($"{property}/", StringComparison.Ordinal)).OrderBy(stray => stray.Key, StringComparer.Ordinal);

    private static void Rest(Utf8JsonWriter writer, IReadOnlyDictionary<string, JsonElement> unknown)
    {
        foreach (var (key, value) in unknown.Where(stray => !stray.Key.Contains('/', StringComparison.Ordinal)).OrderBy(stray => stray.Key, StringComparer.Ordinal))
            Property(writer, key, value);
    }

    private static void Property(Utf8JsonWriter writer, string escaped, JsonElement value)
    {
        writer.WritePropertyName(Pointer.Parts($"/{escaped}")[0]);
        value.WriteTo(writer);
    }

    // Known settings in the order of their class, then unknown ones by name; what is free JSON keeps its own order.
    private static void Settings(Utf8JsonWriter writer, IReadOnlyList<SettingDescription> known, JsonElement settings)
    {
        writer.WriteStartObject();
        foreach (var setting in known)
        {
            if (!settings.TryGetProperty(setting.Name, out var value)) continue;
            writer.WritePropertyName(setting.Name);
            Setting(writer, setting, value);
        }
        var names = known.Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var stray in settings.EnumerateObject().Where(property => !names.Contains(property.Name)).OrderBy(property => property.Name, StringComparer.Ordinal))
            stray.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void Setting(Utf8JsonWriter writer, SettingDescription setting, JsonElement value)
    {
        if (setting.Type == SettingType.Object && value.ValueKind == JsonValueKind.Object) Settings(writer, setting.Parts, value);
        else if (setting.Type == SettingType.List && value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var entry in value.EnumerateArray()) Setting(writer, setting.Item!, entry);
            writer.WriteEndArray();
        }
        else value.WriteTo(writer);
    }
}
