using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.Input;

/// <summary>What a run is given.</summary>
public sealed class InputSettings : NodeSettings
{
    /// <summary>The inputs.</summary>
    [Field("Inputs", FieldEditor.Table, "What a run of this pipeline is given. Steps read one as {{ input.name }}.", Max = 200)]
    public List<InputField> Fields { get; set; } = [];
}

/// <summary>One input.</summary>
public sealed class InputField
{
    /// <summary>The name under which templates and callers know it.</summary>
    [Field("Input's name", FieldEditor.Name, "Letters, digits and _, a letter first.", Required = true, MaxLength = 64)]
    public string Name { get; set; } = "";

    /// <summary>What may be given.</summary>
    [Field("Type", FieldEditor.Choice, "Text, a number, yes or no, any JSON, a list, or an uploaded file.")]
    public InputType Type { get; set; }

    /// <summary>Whether a run must give it.</summary>
    [Field("Required", FieldEditor.Switch, "A run without it is refused, unless it has a default.")]
    public bool Required { get; set; }

    /// <summary>The value where a run gives none.</summary>
    [Field("Default", FieldEditor.Text, "The value where a run gives none.")]
    public JsonElement? Default { get; set; }

    /// <summary>What people read beside the field.</summary>
    [Field("Description", FieldEditor.Text, "What people read beside the field when they start a run.", MaxLength = 2_000)]
    public string? Description { get; set; }

    /// <summary>The values that may be chosen; null: any.</summary>
    [Field("Options", FieldEditor.List, "Where only certain values are allowed: these.", Max = 1_000)]
    public List<JsonElement>? Options { get; set; }
}

/// <summary>Types of inputs. A <see cref="File"/> is given as the id of an uploaded file and read as its content.</summary>
public enum InputType { Text, Number, Boolean, Json, List, File }
