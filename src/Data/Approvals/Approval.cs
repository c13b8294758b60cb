namespace PromptDesigner.Data.Approvals;

/// <summary>Where an approval stands. Numbers are stored: append only.</summary>
public enum ApprovalStatus { Pending, Approved, Rejected, ChangesRequested, Expired, Withdrawn }

/// <summary>One round of one gate in one run.</summary>
public sealed class Approval : IWorkspaceOwned
{
    /// <summary>The id in addresses.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The run.</summary>
    public long RunKey { get; set; }

    /// <summary>The gate's step in sorting form, its round included.</summary>
    public required string SortPath { get; set; }

    /// <summary>The gate's round, from 1.</summary>
    public int Round { get; set; }

    /// <summary>Counts only rounds that a request for changes made, from 1.</summary>
    public int ReviseRound { get; set; }

    /// <summary>Where it stands.</summary>
    public ApprovalStatus Status { get; set; }

    /// <summary>The gate's step has taken over what was decided.</summary>
    public bool Settled { get; set; }

    /// <summary>How many must approve.</summary>
    public int Required { get; set; }

    /// <summary>Who may decide and what is offered, as the gate asked for it: a JSON object.</summary>
    public required string Request { get; set; }

    /// <summary>SHA-256 of <see cref="Content"/> in hexadecimal; a decision names it.</summary>
    public required string ContentHash { get; set; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it becomes overdue.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>When it was overdue and what the gate wants then was done.</summary>
    public DateTimeOffset? OverdueAt { get; set; }

    /// <summary>When a held decision takes effect.</summary>
    public DateTimeOffset? ReleaseAt { get; set; }

    /// <summary>What is judged, the newest edit included: JSON.</summary>
    public required string Content { get; set; }

    /// <summary>What was judged before any edit: JSON; null where nobody edited.</summary>
    public string? OriginalContent { get; set; }

    /// <summary>What it was made from: JSON.</summary>
    public string? Context { get; set; }

    /// <summary>The decisions, undone ones too.</summary>
    public List<ApprovalDecision> Decisions { get; } = [];
}

/// <summary>What somebody decided. Never changed but for its undoing.</summary>
public sealed class ApprovalDecision : IWorkspaceOwned
{
    /// <summary>Number in the order of deciding.</summary>
    public long Key { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The approval.</summary>
    public Guid ApprovalId { get; set; }

    /// <summary>What was decided: <c>approve</c>, <c>reject</c>, <c>requestChanges</c>.</summary>
    public required string Decision { get; set; }

    /// <summary>Who: a mail address, <c>rule</c> or <c>machine</c>.</summary>
    public required string DecidedBy { get; set; }

    /// <summary>The person; null for a rule or a machine.</summary>
    public Guid? UserId { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The hash of what was shown.</summary>
    public required string ContentHash { get; set; }

    /// <summary>What it was changed to: JSON; null where it was not.</summary>
    public string? Edited { get; set; }

    /// <summary>What the person wrote.</summary>
    public string? Comment { get; set; }

    /// <summary>Until when it is held back and may be taken back; null: it counted at once.</summary>
    public DateTimeOffset? ReleaseAt { get; set; }

    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? UndoneAt { get; set; }

    /// <summary>What the approval judged before this decision, so that an undone edit is undone too: JSON.</summary>
    public string? ContentBefore { get; set; }

    /// <summary>Its approval counts for the content as it now is.</summary>
    public bool Counts { get; set; }
}
