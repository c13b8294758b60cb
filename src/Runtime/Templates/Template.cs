using System.Text.Json;
using PromptDesigner.Runtime.Templates.Rendering;
using PromptDesigner.Runtime.Templates.Syntax;

namespace PromptDesigner.Runtime.Templates;

/// <summary>A parsed template of the Liquid subset. Immutable and safe to share between threads; rendering never parses again.</summary>
public sealed class Template
{
    private readonly Source source;
    private readonly Block root;
    private readonly Lazy<IReadOnlyList<TemplateRead>> reads;

    private Template(Source source, Block root, IReadOnlyList<string> assigns)
    {
        this.source = source;
        this.root = root;
        Assigns = assigns;
        reads = new Lazy<IReadOnlyList<TemplateRead>>(FindReads);
    }

    /// <summary>
    /// Every path that rendering may read from outside, exactly: none too many, none missing. Fields of a loop's or an assigned variable count as
    /// reads of what it was made from (<c>{% for r in reviews %}{{ r.text }}</c> reads <c>reviews</c>); a path ends before an index that is worked out.
    /// </summary>
    public IReadOnlyList<TemplateRead> Reads => reads.Value;

    /// <summary>Names that the template gives itself with <c>assign</c> or <c>capture</c>.</summary>
    public IReadOnlyList<string> Assigns { get; }

    /// <summary>The path, where the whole template is one output of a bare path (<c>{{ ticket.text }}</c>) and nothing else; such a setting keeps its JSON type.</summary>
    public ValuePath? LonePath => LoneOutput is { HasFilters: false, Primary: PathExpression { IsStatic: true } path } ? path.Path : null;

    private FilteredExpression? LoneOutput => root.Nodes is [OutputNode output] ? output.Expression : null;

    /// <summary>Parses <paramref name="source"/>.</summary>
    /// <exception cref="TemplateSyntaxException">The source is no template of the subset, or breaks a limit.</exception>
    public static Template Parse(string source)
    {
        var text = new Source(source);
        var parser = new Parser(text);
        return new Template(text, parser.Parse(), parser.Assigns);
    }

    /// <summary>Renders to text within <see cref="TemplateLimits"/>.</summary>
    /// <exception cref="TemplateRenderException">A value is missing, or a limit was met.</exception>
    public string Render(IValues values, TemplateLimits limits, CancellationToken cancel)
    {
        var state = new RenderState(source, values, limits, cancel);
        root.Render(state);
        return state.Output;
    }

    /// <summary>As <see cref="Render"/>, but a template that is one output alone (with filters or not) keeps the JSON type of its value.</summary>
    /// <exception cref="TemplateRenderException">A value is missing, or a limit was met.</exception>
    public JsonElement Evaluate(IValues values, TemplateLimits limits, CancellationToken cancel)
    {
        if (LoneOutput is null) return JsonSerializer.SerializeToElement(Render(values, limits, cancel));
        // A bare path gives the element itself, so that 1.50 stays 1.50 and nothing is copied.
        if (LonePath is { } path && path.TryResolve(values, out var whole) && whole.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)) return whole;
        var state = new RenderState(source, values, limits, cancel);
        return JsonText.ToElement(((OutputNode)root.Nodes[0]).Value(state), state);
    }

    private List<TemplateRead> FindReads()
    {
        var trace = new ReadTrace(source);
        root.Trace(trace);
        return trace.Reads;
    }
}

/// <summary>One place of a template that reads a value.</summary>
/// <param name="Path">What it reads.</param>
/// <param name="MayBeMissing">A missing value is no error here: <c>default</c> follows, it is a condition of <c>if</c>/<c>unless</c>/<c>case</c>, or an <c>if</c> around it made sure that it is there.</param>
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

    /// <summary>Characters of output. All text that filters and <c>capture</c> make on the way may have twice as many.</summary>
    public int Output { get; init; } = 2_000_000;

    /// <summary>Wall time.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMilliseconds(250);
}
