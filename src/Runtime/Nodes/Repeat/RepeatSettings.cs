using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes.Repeat;

/// <summary>When the inside is done, and what the next attempt hears.</summary>
public sealed class RepeatSettings : StepSettings
{
    /// <summary>When no further attempt is needed.</summary>
    [Field("Until", FieldEditor.Condition, "The steps inside run again until this holds. It may read them, and values of a Validate step among them.", Required = true, Inside = true)]
    public Condition? Until { get; set; }

    /// <summary>What the next attempt reads as <c>feedback</c>.</summary>
    [Field("Feedback", FieldEditor.Template, "What the next round reads as {{ feedback }}: what was wrong with the last one.", Inside = true)]
    public string? Feedback { get; set; }

    /// <summary>Most attempts.</summary>
    [Field("Most rounds", FieldEditor.Number, "How often the inside runs at most. When it has not held by then, the run goes on by 'exhausted'.", Min = 1, Max = 1_000)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>What it gives.</summary>
    [Field("Result", FieldEditor.Path, "Which step inside gives the result of the whole: its id, such as draft.", Required = true, Inside = true)]
    public string Result { get; set; } = "";
}
