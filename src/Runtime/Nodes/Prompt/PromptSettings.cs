using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.Prompt;

/// <summary>What a model is asked, and what its answer must look like.</summary>
public sealed class PromptSettings : CallingSettings
{
    /// <summary>The system message.</summary>
    [Field("System", FieldEditor.Prompt, "Who the model is and what rules it follows. May be empty.")]
    public string? System { get; set; }

    /// <summary>The user message.</summary>
    [Field("Prompt", FieldEditor.Prompt, "What the model is asked. {{ node.field }} inserts what an earlier node gave.", Required = true)]
    public string Prompt { get; set; } = "";

    /// <summary>Which model answers.</summary>
    [Field("Model", FieldEditor.Model, "Which model is asked.", MaxLength = 200)]
    public string Model { get; set; } = "default";

    /// <summary>How freely the model chooses its words.</summary>
    [Field("Temperature", FieldEditor.Number, "0 gives the likeliest answer, 2 the wildest. Empty: the provider's own.", Min = 0, Max = 2)]
    public double? Temperature { get; set; }

    /// <summary>Most tokens of the answer.</summary>
    [Field("Longest answer", FieldEditor.Number, "Most tokens of the answer. Empty: the provider's own.", Min = 1, Max = 1_000_000)]
    public int? MaxTokens { get; set; }

    /// <summary>Text, or JSON that fits a schema.</summary>
    [Field("Answer", FieldEditor.Group, "Text, or JSON that fits a schema.")]
    public PromptOutput Output { get; set; } = new();
}

/// <summary>What an answer must look like.</summary>
public sealed class PromptOutput
{
    /// <summary>Text or JSON.</summary>
    [Field("Format", FieldEditor.Choice, "Text as it comes, or JSON that later nodes can take apart.")]
    public OutputFormat Format { get; set; }

    /// <summary>What the JSON must fit.</summary>
    [Field("Schema", FieldEditor.Schema, "A JSON schema that the answer must fit. Empty: any JSON.", When = "format=json")]
    public JsonElement? Schema { get; set; }

    /// <summary>How often an invalid answer is asked again.</summary>
    [Field("Repairs", FieldEditor.Number, "How often a model that answered invalid JSON is shown its errors and asked again.", Min = 0, Max = 10, When = "format=json")]
    public int RepairAttempts { get; set; } = 2;
}

/// <summary>Formats of an answer.</summary>
public enum OutputFormat { Text, Json }
