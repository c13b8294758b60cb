using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.Templates;

/// <summary>A setting that takes any value: a bare path, a template, or JSON with templates in its strings.</summary>
public static class ValueExpression
{
    /// <summary>The template of a string setting: a bare path is read as <c>{{ path }}</c> where <paramref name="barePath"/> allows it.</summary>
    /// <exception cref="TemplateSyntaxException">The text is neither.</exception>
    public static Template Parse(string text, bool barePath) =>
        TemplateCache.Get(barePath && ValuePath.TryParse(text, out var path) ? $"{{{{ {path} }}}}" : text);

    /// <summary>The value. Only strings are expressions; in lists and objects each part is evaluated.</summary>
    /// <exception cref="TemplateRenderException">A value is missing or a limit was met.</exception>
    public static JsonElement Evaluate(JsonElement setting, IValues values, TemplateLimits limits, CancellationToken cancel)
    {
        switch (setting.ValueKind)
        {
            case JsonValueKind.String:
                return Parse(setting.GetString()!, barePath: false).Evaluate(values, limits, cancel);
            case JsonValueKind.Array:
                var list = new JsonArray();
                foreach (var part in setting.EnumerateArray()) list.Add(ToNode(Evaluate(part, values, limits, cancel)));
                return JsonSerializer.SerializeToElement(list);
            case JsonValueKind.Object:
                var made = new JsonObject();
                foreach (var field in setting.EnumerateObject()) made[field.Name] = ToNode(Evaluate(field.Value, values, limits, cancel));
                return JsonSerializer.SerializeToElement(made);
            default:
                return setting;
        }
    }

    private static JsonNode? ToNode(JsonElement value) => JsonSerializer.SerializeToNode(value);
}
