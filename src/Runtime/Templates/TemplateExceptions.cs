namespace PromptDesigner.Runtime.Templates;

/// <summary>A template that cannot be parsed, or that breaks a limit before it runs. Line and column count from 1.</summary>
public sealed class TemplateSyntaxException(string code, string message, int line, int column) : Exception(message)
{
    /// <summary><c>template_syntax</c> or <c>template_limit</c>.</summary>
    public string Code { get; } = code;

    /// <summary>Where it stands in the source, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Where it stands in its line, from 1.</summary>
    public int Column { get; } = column;
}

/// <summary>A template that could not be rendered with these values.</summary>
public sealed class TemplateRenderException(string code, string message, string? expression, int line, int column) : Exception(message)
{
    /// <summary><c>missing_value</c> or <c>template_limit</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The expression that had no value (<c>ticket.email</c>), where it is one.</summary>
    public string? Expression { get; } = expression;

    /// <summary>Where it stands in the source, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Where it stands in its line, from 1.</summary>
    public int Column { get; } = column;
}
