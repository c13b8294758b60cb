using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.Validate;

/// <summary>A value, and what must be true of it.</summary>
public sealed class ValidateSettings : CallingSettings
{
    /// <summary>What is checked.</summary>
    [Field("Value", FieldEditor.Value, "What is checked: a path such as reply, or a text with {{ paths }} in it.", Required = true)]
    public JsonElement? Value { get; set; }

    /// <summary>What must be true of it.</summary>
    [Field("Checks", FieldEditor.Table, "What must be true of it; every check that fails is listed.", Required = true, Max = 100)]
    public List<ValidateCheck> Checks { get; set; } = [];
}

/// <summary>One check, with the field that its type needs.</summary>
public sealed class ValidateCheck
{
    /// <summary>What is looked for.</summary>
    [Field("Check", FieldEditor.Choice, "What is looked for.", Required = true)]
    public CheckType? Type { get; set; }

    /// <summary>For <c>schema</c>: what the value must fit.</summary>
    [Field("Schema", FieldEditor.Schema, "The JSON schema that the value must fit.", When = "type=schema")]
    public JsonElement? Schema { get; set; }

    /// <summary>For <c>contains</c> and <c>notContains</c>.</summary>
    [Field("Text", FieldEditor.Template, "The text that must, or must not, be in it.", When = "type=contains|notContains")]
    public string? Text { get; set; }

    /// <summary>For <c>minLength</c> and <c>maxLength</c>.</summary>
    [Field("Length", FieldEditor.Number, "Characters of a text, or entries of a list.", Min = 0, Max = 10_000_000, When = "type=minLength|maxLength")]
    public int? Length { get; set; }

    /// <summary>For <c>pattern</c>.</summary>
    [Field("Pattern", FieldEditor.Text, "A regular expression that must occur in it.", When = "type=pattern")]
    public string? Pattern { get; set; }

    /// <summary>What is said when it fails; null: a sentence of the program's own.</summary>
    [Field("Message", FieldEditor.Text, "What is said when the check fails. Empty: a sentence of the program's own.", MaxLength = 1_000)]
    public string? Message { get; set; }
}

/// <summary>Checks of a value.</summary>
public enum CheckType { Schema, Contains, NotContains, MinLength, MaxLength, Pattern }
