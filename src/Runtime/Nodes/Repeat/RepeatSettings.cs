using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes.Repeat;

/// <summary>When the inside is done, and what the next attempt hears.</summary>
public sealed class RepeatSettings : StepSettings
{
    /// <summary>When no further attempt is needed.</summary>
    [Field("Until", FieldEditor.Condition, "The inside runs again until this holds. It may read the nodes inside.", Required = true, Inside = true)]
    public Condition? Until { get; set; }

    /// <summary>What the next attempt reads as <c>feedback</c>.</summary>
    [Field("Feedback", FieldEditor.Template, "What the next attempt reads as {{ feedback }}. It may read the nodes inside.", Inside = true)]
    public string? Feedback { get; set; }

    /// <summary>Most attempts.</summary>
    [Field("Attempts", FieldEditor.Number, "Attempts in all; when they are used up the port is 'exhausted'.", Min = 1, Max = 1_000)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>What it gives.</summary>
    [Field("Result", FieldEditor.Path, "The path, inside, of what the last attempt gives.", Required = true, Inside = true)]
    public string Result { get; set; } = "";
}
