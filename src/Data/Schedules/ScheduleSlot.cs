namespace PromptDesigner.Data.Schedules;

/// <summary>What became of a slot. Numbers are stored: append only.</summary>
public enum SlotStatus
{
    /// <summary>It made its run.</summary>
    Ran,

    /// <summary>It was left out on purpose.</summary>
    Skipped,

    /// <summary>It could not start in time, or not at all.</summary>
    Missed,

    /// <summary>It waits until an earlier run is over.</summary>
    Held,
}

/// <summary>Why a slot did not run, or not by itself. Numbers are stored: append only.</summary>
public enum SlotReason
{
    /// <summary>It ran when its time came.</summary>
    None,

    /// <summary>A run of the same schedule was not over.</summary>
    Overlap,

    /// <summary>The schedule was paused.</summary>
    Paused,

    /// <summary>A later slot made up for it.</summary>
    Coalesced,

    /// <summary>Nothing ran schedules at that time.</summary>
    Late,

    /// <summary>The run was refused.</summary>
    Refused,

    /// <summary>The schedule was changed before it was run.</summary>
    Changed,

    /// <summary>A person asked for it.</summary>
    Triggered,
}

/// <summary>A time at which a schedule was to run, and what became of it. Its key is what keeps a slot from being run twice.</summary>
public sealed class ScheduleSlot : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The schedule.</summary>
    public int ScheduleKey { get; set; }

    /// <summary>The scheduled time, whole seconds but for those that a person asked for.</summary>
    public DateTimeOffset Slot { get; set; }

    /// <summary>What became of it.</summary>
    public SlotStatus Status { get; set; }

    /// <summary>Why.</summary>
    public SlotReason Reason { get; set; }

    /// <summary>Its run; null: there is none.</summary>
    public long? RunKey { get; set; }

    /// <summary>The slot that made up for it; null: none did.</summary>
    public DateTimeOffset? Into { get; set; }

    /// <summary>Of a row that stands for many slots missed in a row: the last of them; null: it stands for itself.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>For how many slots the row stands.</summary>
    public int Count { get; set; } = 1;

    /// <summary>Milliseconds between the slot and what became of it.</summary>
    public long LateMs { get; set; }

    /// <summary>Why it was refused or triggered, in words; null: the reason says all.</summary>
    public string? Note { get; set; }
}
