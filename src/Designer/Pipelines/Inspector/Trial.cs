using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>What is known of the nodes of a draft while somebody works on it.</summary>
/// <param name="Last">What they gave in the last runs.</param>
/// <param name="Pinned">What this person keeps.</param>
public sealed record Trial(IReadOnlyDictionary<string, KnownOutput> Last, IReadOnlyDictionary<string, KnownOutput> Pinned)
{
    private const int ExampleLength = 60;

    /// <summary>Nothing is known yet.</summary>
    public static Trial Nothing { get; } = new(new Dictionary<string, KnownOutput>(), new Dictionary<string, KnownOutput>());

    /// <summary>The values that a node's texts would be rendered with: pinned before last, and in a list its first entry.</summary>
    public IValues ValuesAt(Graph graph, GraphNode reader)
    {
        var values = Last.Concat(Pinned).GroupBy(x => x.Key, StringComparer.Ordinal).ToDictionary(x => x.Key, x => x.Last().Value.Output, StringComparer.Ordinal);
        for (var inside = reader; graph.Nodes.FirstOrDefault(x => x.Id == inside.Parent) is { } container; inside = container)
        {
            if (container.Settings.ValueKind == JsonValueKind.Object && container.Settings.TryGetProperty("items", out var items) && First(items, new Values(values)) is { } item) values.TryAdd("item", item);
            values.TryAdd("index", JsonSerializer.SerializeToElement(0));
            values.TryAdd("attempt", JsonSerializer.SerializeToElement(1));
            values.TryAdd("feedback", JsonSerializer.SerializeToElement(""));
        }
        values.TryAdd("previous", JsonSerializer.SerializeToElement<object?>(null));
        return new Values(values);
    }

    /// <summary>A short example of a value; null where none is known.</summary>
    public static string? Example(IValues values, string path)
    {
        try
        {
            var value = Template.Parse(AsTemplate(path)).Evaluate(values, TemplateLimits.Default, CancellationToken.None);
            var text = (value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).ReplaceLineEndings(" ");
            return text.Length > ExampleLength ? text[..ExampleLength] + "…" : text;
        }
        catch (Exception error) when (error is TemplateRenderException or TemplateSyntaxException)
        {
            return null;
        }
    }

    private static JsonElement? First(JsonElement items, IValues values)
    {
        try
        {
            var list = items.ValueKind != JsonValueKind.String ? items : Template.Parse(AsTemplate(items.GetString()!)).Evaluate(values, TemplateLimits.Default, CancellationToken.None);
            return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? list[0] : null;
        }
        catch (Exception error) when (error is TemplateRenderException or TemplateSyntaxException)
        {
            return null;
        }
    }

    private static string AsTemplate(string text) => text.Contains("{{", StringComparison.Ordinal) ? text : "{{ " + text + " }}";
}
