using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.Repeat;

/// <summary>Runs its inside until a condition holds.</summary>
[Node("repeat", "Repeat", NodeGroup.Flow, "Runs the nodes inside again until a condition holds or the attempts are used up.")]
public sealed class RepeatNode : ContainerNode<RepeatSettings>
{
    private static readonly string[] Outcomes = ["out", "exhausted"];

    /// <inheritdoc />
    protected override IReadOnlyList<string> Ports(RepeatSettings settings) => Outcomes;

    /// <inheritdoc />
    protected override ShapeSource? ShapeFrom(RepeatSettings settings) => new(JsonSerializer.SerializeToElement(settings.Result), Inside: true);

    /// <inheritdoc />
    protected override ContainerPlan Plan(NodeContext context, RepeatSettings settings, CancellationToken cancel) =>
        new(Items: null, Concurrency: 1, settings.MaxAttempts, OnItemError.Fail);

    /// <inheritdoc />
    protected override IterationVerdict Judge(NodeContext inside, RepeatSettings settings, int iteration, CancellationToken cancel)
    {
        var result = inside.ResultOf(settings.Result, cancel);
        if (settings.Until?.Holds(inside.Values) ?? true) return new IterationVerdict(result);
        // Nobody reads the feedback of the last attempt, so it need not be renderable.
        var last = iteration + 1 >= settings.MaxAttempts || string.IsNullOrEmpty(settings.Feedback);
        return new IterationVerdict(result, Again: true, last ? "" : inside.Render(settings.Feedback!, cancel));
    }
}
