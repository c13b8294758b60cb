namespace PromptDesigner.Data.Schedules;

/// <summary>What becomes of slots that nobody ran in time. Numbers are stored: append only.</summary>
public enum MissedPolicy
{
    /// <summary>They are left out.</summary>
    Skip,

    /// <summary>One run makes up for all of them: the newest one's.</summary>
    RunOnce,

    /// <summary>Each is run, late.</summary>
    RunAll,
}

/// <summary>What becomes of a slot that comes while a run of the same schedule is not over. Numbers are stored: append only.</summary>
public enum OverlapPolicy
{
    /// <summary>It runs beside it.</summary>
    Allow,

    /// <summary>It is left out.</summary>
    Skip,

    /// <summary>It waits until that run is over; one waits, others are left out.</summary>
    Queue,
}

/// <summary>When a pipeline runs by itself. It belongs to the workspace and goes on when its owner leaves.</summary>
public sealed class Schedule : IWorkspaceOwned
{
    /// <summary>Small number for the rows of slots and runs.</summary>
    public int Key { get; set; }

    /// <summary>The id in addresses.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline; its active version at the time of the slot runs.</summary>
    public int PipelineKey { get; set; }

    /// <summary>The inputs of every run: a JSON object.</summary>
    public required string Inputs { get; set; }

    /// <summary>When, as it was written: a crontab line of five fields, or Quartz's six or seven.</summary>
    public required string Cron { get; set; }

    /// <summary>The zone that the line is read in: an IANA id.</summary>
    public required string TimeZone { get; set; }

    /// <summary>What becomes of slots that could not start in time.</summary>
    public MissedPolicy Missed { get; set; }

    /// <summary>How late a slot may start and still be no missed one, in seconds.</summary>
    public int GraceSeconds { get; set; }

    /// <summary>What becomes of a slot that comes while an earlier run is not over.</summary>
    public OverlapPolicy Overlap { get; set; }

    /// <summary>Whether a run that only waits for people counts as not over.</summary>
    public bool CountWaiting { get; set; }

    /// <summary>No slot before it; null: at once.</summary>
    public DateTimeOffset? StartAt { get; set; }

    /// <summary>No slot after it; null: for ever.</summary>
    public DateTimeOffset? EndAt { get; set; }

    /// <summary>The account of its runs.</summary>
    public string? Account { get; set; }

    /// <summary>The person who is told what becomes of it; null: a service made it. Who left the workspace stays named here.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>Who made it: a mail address or a key's name.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Counts its changes, pauses included: a slot that was judged by an earlier one starts no run.</summary>
    public int Revision { get; set; }

    /// <summary>Since when it is paused; null: it runs.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    /// <summary>Who paused it.</summary>
    public string? PausedBy { get; set; }

    /// <summary>Why, in that person's words.</summary>
    public string? PauseNote { get; set; }

    /// <summary>Every slot up to this time has its row in the ledger.</summary>
    public DateTimeOffset DoneUntil { get; set; }

    /// <summary>The first slot after <see cref="DoneUntil"/>; null: there is none any more.</summary>
    public DateTimeOffset? NextSlot { get; set; }

    /// <summary>When it was deleted; its ledger stays for the runs that it made.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}
