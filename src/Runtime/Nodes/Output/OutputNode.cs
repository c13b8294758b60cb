using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes.Output;

/// <summary>Names the run's results.</summary>
[Node("output", "Output", NodeGroup.InputOutput, "Names what a run gives; every pipeline ends here.")]
public sealed class OutputNode : Node<OutputSettings>
{
    /// <inheritdoc />
    protected override IReadOnlyList<string> Ports(OutputSettings settings) => [];

    /// <inheritdoc />
    protected override void Check(NodeCheck check, OutputSettings settings) => check.FieldNames("fields", "name", settings.Fields.Select(field => field.Name));

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, OutputSettings settings, CancellationToken cancel)
    {
        var outputs = new JsonObject();
        foreach (var field in settings.Fields) outputs[field.Name] = JsonSerializer.SerializeToNode(context.Evaluate(field.Value ?? default, cancel));
        return new(new NodeResult.Done(JsonSerializer.SerializeToElement(outputs)));
    }
}
