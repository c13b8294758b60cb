using System.Text.Json;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes.Switch;

/// <summary>Decides by conditions.</summary>
[Node("switch", "Switch", NodeGroup.Flow, "Goes the way of the first case whose condition holds.")]
public sealed class SwitchNode : Node<SwitchSettings>
{
    /// <inheritdoc />
    protected override IReadOnlyList<string> Ports(SwitchSettings settings) =>
        [.. settings.Cases.Select(one => one.Port).Where(port => port.Length > 0 && port != "else").Distinct(), "else"];

    /// <inheritdoc />
    protected override JsonElement? Shape(SwitchSettings settings) => JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new { port = new { @enum = Ports(settings) } },
    });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, SwitchSettings settings) =>
        check.PortNames("cases", settings.Cases.Select(one => one.Port), "else", "error");

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, SwitchSettings settings, CancellationToken cancel)
    {
        var port = settings.Cases.Find(one => one.When?.Holds(context.Values) ?? false)?.Port ?? "else";
        return new(new NodeResult.Done(JsonSerializer.SerializeToElement(new { port }), port));
    }
}
