using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>What one commit of an owner brings.</summary>
internal sealed class Outcome
{
    /// <summary>Rows of steps, each with the call whose answer is its output.</summary>
    public List<(Step Row, ModelCall? Answer)> Steps { get; } = [];

    public List<ModelCall> Calls { get; } = [];

    /// <summary>Approvals that were opened, each with its gate's title.</summary>
    public List<(Approval Row, string Title)> Opened { get; } = [];

    public List<ApprovalDecision> Decisions { get; } = [];

    /// <summary>Approvals whose step takes over what was decided; with a status where a machine decides.</summary>
    public List<(Guid Id, ApprovalStatus? Status, DateTimeOffset? OverdueAt)> Settled { get; } = [];

    /// <summary>Approvals that became overdue and stay open, each with its gate's title.</summary>
    public List<(Guid Id, DateTimeOffset At, string Title)> Reminded { get; } = [];

    /// <summary>Parts of the run, by the beginning of sorting paths, whose open approvals are withdrawn.</summary>
    public List<string> Withdrawn { get; } = [];

    /// <summary>Mails that steps made.</summary>
    public List<Mail> Mails { get; } = [];

    /// <summary>Mails whose step takes over where they stand.</summary>
    public List<(Guid Id, MailStatus Status)> TakenOver { get; } = [];

    /// <summary>The practice model answered.</summary>
    public bool Practice { get; set; }

    /// <summary>It holds what cannot be derived again from rows (a node's result), so it must be durable before anything after it starts. Skips, decided gates and times that have come can.</summary>
    public bool MustPrecede { get; set; }

    /// <summary>The crash point's name.</summary>
    public string Point { get; init; } = "outcome";

    public bool IsEmpty => Steps.Count == 0 && Calls.Count == 0 && Opened.Count == 0 && Settled.Count == 0 && Withdrawn.Count == 0 && Reminded.Count == 0 && TakenOver.Count == 0;
}
