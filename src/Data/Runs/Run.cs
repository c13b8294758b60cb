namespace PromptDesigner.Data.Runs;

/// <summary>Where a run stands. Numbers are stored: append only.</summary>
public enum RunStatus { Queued, Running, Waiting, Succeeded, Failed, Rejected, Cancelled }

/// <summary>What holds a waiting run.</summary>
public enum WaitingFor { None, People, Time, Resolution }

/// <summary>What started a run.</summary>
public enum RunTrigger { Person, Api, Schedule, Batch, Webhook, Pipeline }

/// <summary>Which queued run goes first.</summary>
public enum RunPriority { Low, Normal, High }

/// <summary>One execution of one pinned version. Written by the run journal alone.</summary>
public sealed class Run : IWorkspaceOwned
{
    /// <summary>Number for the many rows of steps and calls.</summary>
    public long Key { get; set; }

    /// <summary>The id in addresses; ordered by time.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>The version; null: the draft of <see cref="DraftRevision"/>.</summary>
    public int? Version { get; set; }

    /// <summary>The draft's revision, for runs of a draft.</summary>
    public int? DraftRevision { get; set; }

    /// <summary>Where it stands.</summary>
    public RunStatus Status { get; set; }

    /// <summary>What holds it, while it waits.</summary>
    public WaitingFor WaitingFor { get; set; }

    /// <summary>What started it.</summary>
    public RunTrigger Trigger { get; set; }

    /// <summary>Who started it: a mail address, or a key's name.</summary>
    public required string StartedBy { get; set; }

    /// <summary>The person who started it; null for services.</summary>
    public Guid? StarterId { get; set; }

    /// <summary>The schedule that made it; null: something else did.</summary>
    public int? ScheduleKey { get; set; }

    /// <summary>The scheduled time that it runs for.</summary>
    public DateTimeOffset? Slot { get; set; }

    /// <summary>The slot of that schedule's last run that had succeeded when this one was made; null: there was none.</summary>
    public DateTimeOffset? PreviousSlot { get; set; }

    /// <summary>The caller's own name for whom it was run.</summary>
    public string? Account { get; set; }

    /// <summary>Which queued run goes first.</summary>
    public RunPriority Priority { get; set; }

    /// <summary>A try: sends are simulated, lists leave it out.</summary>
    public bool Try { get; set; }

    /// <summary>The practice model answered something in it.</summary>
    public bool Practice { get; set; }

    /// <summary>Counts owners; every write carries it.</summary>
    public long Fence { get; set; }

    /// <summary>The instance that owns it.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>Until when the owner holds it without another sign of life.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>How often in a row the process died while it ran, without a step in between.</summary>
    public int RecoveryCount { get; set; }

    /// <summary>When a waiting run has something to do without anybody's doing.</summary>
    public DateTimeOffset? WakeAt { get; set; }

    /// <summary>The seq of its newest event.</summary>
    public int LastEvent { get; set; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was first owned.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Tokens sent, over all calls.</summary>
    public long InputTokens { get; set; }

    /// <summary>Tokens answered, over all calls.</summary>
    public long OutputTokens { get; set; }

    /// <summary>Money, over all calls of known price.</summary>
    public decimal Cost { get; set; }

    /// <summary>The first failure.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The first failure, in words.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>The path of the step that failed first.</summary>
    public string? ErrorStep { get; set; }

    /// <summary>The inputs, defaults filled in: a JSON object.</summary>
    public required string Inputs { get; set; }

    /// <summary>The outputs: a JSON object, or null where <c>output</c> did not run.</summary>
    public string? Outputs { get; set; }
}

/// <summary>A change of a run's status, in the order of its seq.</summary>
public sealed class RunEvent : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The run.</summary>
    public long RunKey { get; set; }

    /// <summary>From 1 without gaps.</summary>
    public int Seq { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The status from then on.</summary>
    public RunStatus Status { get; set; }

    /// <summary>Why, in a word: <c>accepted</c>, <c>owned</c>, <c>recovered</c>, <c>wait</c>, <c>wake</c>, <c>retry</c>, <c>cancel</c>, <c>end</c>, …</summary>
    public required string Reason { get; set; }

    /// <summary>Who, where a person did it.</summary>
    public string? Actor { get; set; }
}
