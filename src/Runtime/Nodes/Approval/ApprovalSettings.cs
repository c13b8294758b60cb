using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes.Approval;

/// <summary>What people judge, who they are, and what follows when they do not.</summary>
public sealed class ApprovalSettings : StepSettings
{
    /// <summary>What is judged.</summary>
    [Field("Subject", FieldEditor.Value, "What is judged, and what this step gives when it is approved: a value such as {{ reply }}, or a text.", Required = true)]
    public JsonElement? Subject { get; set; }

    /// <summary>What it was made from.</summary>
    [Field("Context", FieldEditor.Value, "What the reviewer sees beside it: what it was made from.")]
    public JsonElement? Context { get; set; }

    /// <summary>How the subject is shown.</summary>
    [Field("Shown as", FieldEditor.Choice, "How the subject is shown to the reviewer.")]
    public Preview Preview { get; set; }

    /// <summary>A sentence for the reviewer.</summary>
    [Field("Instructions", FieldEditor.Template, "What the reviewer should look at.")]
    public string? Instructions { get; set; }

    /// <summary>Who may decide.</summary>
    [Field("Reviewers", FieldEditor.Group, "Who may decide: everybody with the right Reviewer, or certain people.")]
    public Reviewers Reviewers { get; set; } = new();

    /// <summary>How many must approve.</summary>
    [Field("Approvals", FieldEditor.Number, "How many people must approve.", Min = 1, Max = 20)]
    public int Required { get; set; } = 1;

    /// <summary>Whether the run's starter may approve.</summary>
    [Field("Own runs", FieldEditor.Switch, "Whether who started the run may approve it. Empty: only while nobody else in the workspace may review.")]
    public bool? AllowSelf { get; set; }

    /// <summary>Whether the subject may be changed.</summary>
    [Field("Editable", FieldEditor.Switch, "Whether the reviewer may change the subject before approving it.")]
    public bool Editable { get; set; } = true;

    /// <summary>When people are asked at all.</summary>
    [Field("Only when", FieldEditor.Condition, "Where this does not hold, the gate lets pass without a person, recorded as such.")]
    public Condition? When { get; set; }

    /// <summary>The share that is reviewed.</summary>
    [Field("Sample", FieldEditor.Number, "The share of runs that is reviewed, 0 to 1. Empty: all.", Min = 0, Max = 1)]
    public double? Sample { get; set; }

    /// <summary>The prompt that answers a request for changes.</summary>
    [Field("Revise", FieldEditor.NodeReference, "The prompt that runs again when the reviewer asks for changes. Empty: changes cannot be asked for.")]
    public string? Revise { get; set; }

    /// <summary>Most rounds.</summary>
    [Field("Rounds", FieldEditor.Number, "Most rounds, the first included; in the last, changes cannot be asked for.", Min = 1, Max = 20)]
    public int MaxRounds { get; set; } = 3;

    /// <summary>Minutes until it is overdue.</summary>
    [Field("Due", FieldEditor.Number, "Minutes until a decision is overdue. Empty: never.", Min = 1, Max = 5_256_000)]
    public double? DueInMinutes { get; set; }

    /// <summary>What follows then.</summary>
    [Field("When overdue", FieldEditor.Choice, "Remind the reviewers, ask others too, or let the program approve or reject.")]
    public OnOverdue OnOverdue { get; set; }

    /// <summary>Who is asked too.</summary>
    [Field("Escalate to", FieldEditor.People, "Who may decide too once it is overdue.", Max = 100)]
    public List<string> EscalateTo { get; set; } = [];
}

/// <summary>Who may decide; one of the two.</summary>
public sealed class Reviewers
{
    /// <summary><c>Reviewer</c>: everybody with that right.</summary>
    [Field("Role", FieldEditor.Text, "Empty or 'Reviewer': everybody in the workspace with the right to review.", InFilesOnly = true)]
    public string? Role { get; set; }

    /// <summary>Mail addresses of members.</summary>
    [Field("People", FieldEditor.People, "Who may decide. Nobody chosen: everybody in the workspace with the right to review.", Max = 100)]
    public List<string>? People { get; set; }
}

/// <summary>How a subject is shown.</summary>
public enum Preview { Text, Markdown, Html, Json, Email }

/// <summary>What follows when a decision is overdue.</summary>
public enum OnOverdue { Remind, Escalate, Approve, Reject }
