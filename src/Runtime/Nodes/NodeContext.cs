using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>Everything that one execution of one node may use. Made by the engine for each step.</summary>
public sealed class NodeContext
{
    /// <summary>The node as drawn.</summary>
    public required GraphNode Node { get; init; }

    /// <summary>The step's path in its run (<c>reviews[12]/classify@2</c>).</summary>
    public required string StepPath { get; init; }

    /// <summary>The same path without rounds, for choices that must not change from round to round.</summary>
    public required string StepPathWithoutRounds { get; init; }

    /// <summary>The run's id.</summary>
    public required Guid RunId { get; init; }

    /// <summary>What the node may read.</summary>
    public required IValues Values { get; init; }

    /// <summary>Inputs of the run; only the <c>input</c> node gives them on.</summary>
    public JsonElement RunInputs { get; init; }

    /// <summary>The door to models, bound to this step: calls are logged under it and carry its key.</summary>
    public required IStepModels Models { get; init; }

    /// <summary>The only clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>A reviewer's request for changes that this step answers.</summary>
    public ReviewerFeedback? Feedback { get; init; }

    /// <summary>Names with which a bare path may start here (<see cref="GraphIndex.BareNames"/>); null: those that have a value.</summary>
    public IReadOnlySet<string>? BareNames { get; init; }

    /// <summary>Renders a template within the limits of a prompt.</summary>
    /// <exception cref="TemplateRenderException">A value is missing or a limit was met; the engine makes it the step's error.</exception>
    public string Render(string template, CancellationToken cancel) =>
        TemplateCache.Get(template).Render(Values, TemplateLimits.Default, cancel);

    /// <summary>Evaluates a setting that takes any value: in strings templates are rendered, a lone or bare path keeps its JSON type, lists and objects are evaluated part by part.</summary>
    /// <exception cref="TemplateRenderException">A value is missing or a limit was met.</exception>
    public JsonElement Evaluate(JsonElement setting, CancellationToken cancel) =>
        setting.ValueKind == JsonValueKind.String && IsBarePath(setting.GetString()!)
            ? EvaluatePath(setting.GetString()!, cancel)
            : ValueExpression.Evaluate(setting, Values, TemplateLimits.Default, cancel);

    /// <summary>Evaluates a setting that holds a path, bare or as <c>{{ path }}</c>.</summary>
    /// <exception cref="TemplateRenderException">A value is missing.</exception>
    public JsonElement EvaluatePath(string setting, CancellationToken cancel) =>
        ValueExpression.Parse(setting, barePath: true).Evaluate(Values, TemplateLimits.Default, cancel);

    /// <summary>What an iteration gives: the value at the path, or null where the node it names was skipped.</summary>
    /// <exception cref="TemplateRenderException">The node ran, but the rest of the path leads nowhere.</exception>
    public JsonElement ResultOf(string setting, CancellationToken cancel) =>
        ValueExpression.Parse(setting, barePath: true).LonePath is { } path && !Values.TryGet(path.Name, out _)
            ? JsonSerializer.SerializeToElement<object?>(null)
            : EvaluatePath(setting, cancel);

    // "done" is a text, "draft.title" a path where 'draft' is a node: only the names of the place can tell.
    private bool IsBarePath(string text) =>
        ValuePath.TryParse(text, out var path) && (BareNames?.Contains(path.Name) ?? Values.TryGet(path.Name, out _));
}

/// <summary>A reviewer's comment, and the answer that it is about.</summary>
public sealed record ReviewerFeedback(string Comment, JsonElement Previous);
