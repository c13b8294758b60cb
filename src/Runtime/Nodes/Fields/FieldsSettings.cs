using System.Text.Json;
using PromptDesigner.Runtime.Nodes.Input;

namespace PromptDesigner.Runtime.Nodes.Fields;

/// <summary>An object made from other nodes' values.</summary>
public sealed class FieldsSettings : StepSettings
{
    /// <summary>Its fields.</summary>
    [Field("Fields", FieldEditor.Table, "The object's fields.", Required = true, Max = 500)]
    public List<MadeField> Fields { get; set; } = [];
}

/// <summary>One field of the object.</summary>
public sealed class MadeField
{
    /// <summary>Its name.</summary>
    [Field("Field's name", FieldEditor.Name, "Letters, digits and _, a letter first.", Required = true, MaxLength = 64)]
    public string Name { get; set; } = "";

    /// <summary>What it holds.</summary>
    [Field("Value", FieldEditor.Value, "A value, a path such as classify.route, or a text with {{ paths }} in it.", Required = true)]
    public JsonElement? Value { get; set; }

    /// <summary>What the value is turned into; null: as it comes.</summary>
    [Field("Type", FieldEditor.Choice, "What the value is turned into. Empty: as it comes.")]
    public FieldType? Type { get; set; }
}

/// <summary>Types that a made field can be turned into.</summary>
public enum FieldType { Text, Number, Boolean, Json, List }
