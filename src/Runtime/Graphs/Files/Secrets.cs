using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PromptDesigner.Runtime.Graphs.Files;

/// <summary>Keys and passwords that people leave in pipeline files: found, and taken out before anything is stored.</summary>
public static partial class Secrets
{
    /// <summary>What stands in a text where a key was; a document that holds it cannot be published until a person mends the place.</summary>
    public const string Removed = "[key removed]";

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "apiKey", "api_key", "api-key", "password", "passwd", "accessToken", "access_token", "clientSecret", "client_secret", "privateKey", "private_key", "authorization",
    };

    /// <summary>JSON pointers, below <paramref name="path"/>, of the strings of <paramref name="value"/> that hold a secret or the mark of a removed one.</summary>
    public static IEnumerable<string> In(JsonElement value, string path, string? name = null) => value.ValueKind switch
    {
        JsonValueKind.String => IsSecret(value.GetString()!, name) ? [path] : [],
        JsonValueKind.Array => value.EnumerateArray().SelectMany((part, index) => In(part, $"{path}/{index}", name)),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(part => In(part.Value, $"{path}/{Pointer.Escape(part.Name)}", part.Name)),
        _ => [],
    };

    /// <summary>True where <paramref name="text"/> holds a key or the mark of a removed one.</summary>
    public static bool IsSecret(string? text, string? name = null) => !string.IsNullOrWhiteSpace(text)
        && (name is not null && Names.Contains(name) && !text.Contains("{{", StringComparison.Ordinal) || text.Contains(Removed, StringComparison.Ordinal) || Key().IsMatch(text));

    internal static Graph Remove(Graph graph, List<string> notes)
    {
        if (!Any(graph)) return graph;
        notes.Add("The file contained what looks like an API key. It was not stored; choose a saved connection.");
        return graph with
        {
            Name = Without(graph.Name),
            Description = graph.Description is null ? null : Without(graph.Description),
            Nodes = [.. graph.Nodes.Select(node => node with { Name = node.Name is null ? null : Without(node.Name), Settings = Without(node.Settings), Unknown = Without(node.Unknown) })],
            Edges = [.. graph.Edges.Select(edge => edge with { Unknown = Without(edge.Unknown) })],
            Notes = [.. graph.Notes.Select(note => note with { Text = Without(note.Text), Unknown = Without(note.Unknown) })],
            Unknown = Without(graph.Unknown),
        };
    }

    private static bool Any(Graph graph) => IsSecret(graph.Name) || IsSecret(graph.Description) || Any(graph.Unknown)
        || graph.Nodes.Any(node => IsSecret(node.Name) || In(node.Settings, "").Any() || Any(node.Unknown))
        || graph.Edges.Any(edge => Any(edge.Unknown))
        || graph.Notes.Any(note => IsSecret(note.Text) || Any(note.Unknown));

    private static bool Any(IReadOnlyDictionary<string, JsonElement> unknown) => unknown.Any(pair => In(pair.Value, "", pair.Key).Any());

    private static string Without(string text, string? name = null) => !IsSecret(text, name) ? text
        : name is not null && Names.Contains(name) ? Removed : Key().Replace(text, Removed);

    private static IReadOnlyDictionary<string, JsonElement> Without(IReadOnlyDictionary<string, JsonElement> unknown) =>
        Any(unknown) ? unknown.ToDictionary(pair => pair.Key, pair => Without(pair.Value, pair.Key)) : unknown;

    private static JsonElement Without(JsonElement value, string? name = null) => In(value, "", name).Any()
        ? JsonSerializer.SerializeToElement(Without(JsonSerializer.SerializeToNode(value), name))
        : value;

    private static JsonNode? Without(JsonNode? node, string? name)
    {
        switch (node)
        {
            case JsonObject fields:
                return new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Without(field.Value?.DeepClone(), field.Key))));
            case JsonArray list:
                return new JsonArray([.. list.Select(part => Without(part?.DeepClone(), name))]);
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                return JsonValue.Create(Without(text.GetValue<string>(), name));
            default:
                return node;
        }
    }

    [GeneratedRegex(@"\bsk-[A-Za-z0-9_-]{20,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abeprs]-[A-Za-z0-9-]{16,}|\bAIza[0-9A-Za-z_-]{35}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?")]
    private static partial Regex Key();
}
