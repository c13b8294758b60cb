using System.Text.Json;

namespace PromptDesigner.Runtime.Templates;

/// <summary>A parsed template of the Liquid subset. Immutable and safe to share between threads; rendering never parses again.</summary>
public sealed class Template
{
    /// <summary>Every path that rendering may read, exactly: none too many, none missing.</summary>
    public IReadOnlyList<TemplateRead> Reads => throw new NotSupportedException();

    /// <summary>Names that the template gives itself with <c>assign</c> or <c>capture</c>.</summary>
    public IReadOnlyList<string> Assigns => throw new NotSupportedException();

    /// <summary>The path, where the whole template is one output of a bare path (<c>{{ ticket.text }}</c>) and nothing else; such a setting keeps its JSON type.</summary>
    public ValuePath? LonePath => throw new NotSupportedException();

    /// <summary>Parses <paramref name="source"/>.</summary>
    /// <exception cref="TemplateSyntaxException">The source is no template of the subset, or breaks a limit.</exception>
    public static Template Parse(string source) => throw new NotSupportedException(source);

    /// <summary>Renders to text within <see cref="TemplateLimits"/>.</summary>
    /// <exception cref="TemplateRenderException">A value is missing, or a limit was met.</exception>
    public string Render(IValues values, TemplateLimits limits, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>As <see cref="Render"/>, but a template that is one output alone (with filters or not) keeps the JSON type of its value.</summary>
    /// <exception cref="TemplateRenderException">A value is missing, or a limit was met.</exception>
    public JsonElement Evaluate(IValues values, TemplateLimits limits, CancellationToken cancel) => throw new NotSupportedException();
}

/// <summary>One place of a template that reads a value.</summary>
/// <param name="Path">What it reads.</param>
/// <param name="MayBeMissing">A missing value is no error here: <c>default</c> follows, or it is a condition of <c>if</c>/<c>unless</c>/<c>case</c>.</param>
/// <param name="Line">Its line in the source, from 1.</param>
/// <param name="Column">Its column, from 1.</param>
public sealed record TemplateRead(ValuePath Path, bool MayBeMissing, int Line, int Column);

/// <summary>Bounds of one rendering. What goes beyond them ends as <c>template_limit</c>.</summary>
public sealed record TemplateLimits
{
    /// <summary>CONTRACT's limits: 2 MB of text for prompts.</summary>
    public static TemplateLimits Default { get; } = new();

    /// <summary>Nodes of the syntax tree visited, loop rounds included.</summary>
    public int Steps { get; init; } = 1_000_000;

    /// <summary>Characters of output, and of all text that filters make on the way.</summary>
    public int Output { get; init; } = 2_000_000;

    /// <summary>Wall time.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMilliseconds(250);
}
