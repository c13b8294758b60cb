using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.Output;

/// <summary>What a run gives.</summary>
public sealed class OutputSettings : NodeSettings
{
    /// <summary>The results.</summary>
    [Field("Results", FieldEditor.Table, "What a run of this pipeline gives.", Max = 200)]
    public List<OutputField> Fields { get; set; } = [];
}

/// <summary>One result.</summary>
public sealed class OutputField
{
    /// <summary>Its name.</summary>
    [Field("Result's name", FieldEditor.Name, "Letters, digits and _, a letter first.", Required = true, MaxLength = 64)]
    public string Name { get; set; } = "";

    /// <summary>What it holds.</summary>
    [Field("Value", FieldEditor.Value, "A value, a path such as classify.route, or a text with {{ paths }} in it.", Required = true)]
    public JsonElement? Value { get; set; }
}
