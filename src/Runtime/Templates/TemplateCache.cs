using System.Collections.Concurrent;

namespace PromptDesigner.Runtime.Templates;

/// <summary>Parsed templates by their source, so that a template which runs a thousand times is parsed once. Emptied when it holds too many.</summary>
public static class TemplateCache
{
    private const int Most = 4_000;
    private static readonly ConcurrentDictionary<string, Template> Parsed = new(StringComparer.Ordinal);

    /// <summary>The parsed template.</summary>
    /// <exception cref="TemplateSyntaxException">The source is no template of the subset.</exception>
    public static Template Get(string source)
    {
        if (Parsed.TryGetValue(source, out var template)) return template;
        if (Parsed.Count >= Most) Parsed.Clear();
        return Parsed.GetOrAdd(source, Template.Parse(source));
    }
}
