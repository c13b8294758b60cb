namespace PromptDesigner.Runtime.Nodes.Text;

/// <summary>A text made from other nodes' values.</summary>
public sealed class TextSettings : StepSettings
{
    /// <summary>The text.</summary>
    [Field("Text", FieldEditor.Template, "The text; {{ node.field }} inserts what an earlier node gave.", Required = true)]
    public string Template { get; set; } = "";
}
