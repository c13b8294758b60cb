using System.Globalization;
using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.ForEach;

/// <summary>Runs its inside for each item of a list.</summary>
[Node("forEach", "For each", NodeGroup.Flow, "Runs the nodes inside once for each item of a list and gives the list of results.")]
public sealed class ForEachNode : ContainerNode<ForEachSettings>
{
    /// <summary>Most items of one list.</summary>
    public const int MostItems = 100_000;

    /// <inheritdoc />
    protected override ShapeSource? ShapeFrom(ForEachSettings settings) => new(JsonSerializer.SerializeToElement(settings.Result), Inside: true, Many: true);

    /// <inheritdoc />
    protected override ContainerPlan Plan(NodeContext context, ForEachSettings settings, CancellationToken cancel)
    {
        var items = context.Evaluate(settings.Items ?? default, cancel);
        if (items.ValueKind != JsonValueKind.Array)
            return Refuse(settings, "not_a_list", $"'Items' must give a list; it gives {Say(items)}.");
        var count = items.GetArrayLength();
        return count > MostItems
            ? Refuse(settings, "limit", string.Create(CultureInfo.InvariantCulture, $"A list may have {MostItems:N0} items; this one has {count:N0}."))
            : new ContainerPlan(items, settings.Concurrency, count, settings.OnItemError);
    }

    /// <inheritdoc />
    protected override IterationVerdict Judge(NodeContext inside, ForEachSettings settings, int iteration, CancellationToken cancel) =>
        new(inside.ResultOf(settings.Result, cancel));

    private static ContainerPlan Refuse(ForEachSettings settings, string code, string message) =>
        new(Items: null, settings.Concurrency, MaxIterations: 0, settings.OnItemError, new NodeResult.Failed(code, message));

    private static string Say(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Object => "an object",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "nothing",
    };
}
