using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.Text;

/// <summary>Renders a template.</summary>
[Node("text", "Text", NodeGroup.Data, "Puts values of earlier nodes into a text, without a model.")]
public sealed class TextNode : Node<TextSettings>
{
    /// <inheritdoc />
    protected override JsonElement? Shape(TextSettings settings) => JsonSerializer.SerializeToElement(new { type = "string" });

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, TextSettings settings, CancellationToken cancel) =>
        new(NodeResult.Text(context.Render(settings.Template, cancel)));
}
