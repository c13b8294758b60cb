namespace PromptDesigner.Runtime.Nodes.Classify;

/// <summary>Routes of which a model chooses one.</summary>
public sealed class ClassifySettings : CallingSettings
{
    /// <summary>What is classified.</summary>
    [Field("Text", FieldEditor.Template, "What is classified; {{ node.field }} inserts what an earlier node gave.", Required = true)]
    public string Text { get; set; } = "";

    /// <summary>Where it may go.</summary>
    [Field("Routes", FieldEditor.Table, "The kinds to choose from, such as complaint and praise, each with a way out of this step; the better they are described, the better the choice. What fits none goes out by 'unsure'.", Required = true, Max = 100)]
    public List<ClassifyRoute> Routes { get; set; } = [];

    /// <summary>Which model chooses.</summary>
    [Field("Model", FieldEditor.Model, "Which model is asked.", MaxLength = 200)]
    public string Model { get; set; } = "default";

    /// <summary>How sure the model must be.</summary>
    [Field("Least confidence", FieldEditor.Number, "From 0 to 1. Where the model is less sure of its choice, the run goes on by 'unsure'.", Min = 0, Max = 1)]
    public double MinConfidence { get; set; } = 0.6;
}

/// <summary>One route.</summary>
public sealed class ClassifyRoute
{
    /// <summary>The port it leaves by, and the word that the model answers.</summary>
    [Field("Name", FieldEditor.Text, "One word, such as complaint: the model answers with it, and the way out of this step bears it.", Required = true)]
    public string Port { get; set; } = "";

    /// <summary>What people read at the port.</summary>
    [Field("Title", FieldEditor.Text, "What people read on the canvas. Empty: the name.", MaxLength = 200)]
    public string? Title { get; set; }

    /// <summary>What belongs here.</summary>
    [Field("Description", FieldEditor.Text, "What belongs here, in words for the model.", MaxLength = 4_000)]
    public string? Description { get; set; }

    /// <summary>Texts that belong here.</summary>
    [Field("Examples", FieldEditor.List, "Texts that belong here.", Max = 50)]
    public List<string> Examples { get; set; } = [];
}
