namespace PromptDesigner.Runtime.Nodes.Wait;

/// <summary>How long, or until when; one of the two.</summary>
public sealed class WaitSettings : StepSettings
{
    /// <summary>How long.</summary>
    [Field("For", FieldEditor.Duration, "How long to wait: PT10M is ten minutes, P1D a day.")]
    public string? For { get; set; }

    /// <summary>Until when.</summary>
    [Field("Until", FieldEditor.Template, "Until when to wait: a time such as 2026-03-01T09:00:00Z, or {{ a path }} that gives one.")]
    public string? Until { get; set; }
}
