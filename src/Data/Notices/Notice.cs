namespace PromptDesigner.Data.Notices;

/// <summary>What people are told of by mail. Numbers are stored: append only.</summary>
public enum NoticeKind
{
    /// <summary>Something waits for a decision that the person may take.</summary>
    ApprovalWaits,

    /// <summary>A slot of a schedule could not start, or its run failed.</summary>
    ScheduleFailed,

    /// <summary>Somebody paused all sending.</summary>
    SendingPaused,

    /// <summary>Somebody who owned schedules or pipelines left.</summary>
    OwnerLeft,
}

/// <summary>Where a notice stands. Numbers are stored: append only.</summary>
public enum NoticeStatus
{
    /// <summary>It is to be sent, when its time has come.</summary>
    Waiting,

    /// <summary>It is on its way to the server: intended, and not known yet whether it arrived.</summary>
    Sending,

    /// <summary>The server took it.</summary>
    Sent,

    /// <summary>It was certainly not sent, and is not tried again.</summary>
    Failed,

    /// <summary>It may have been sent; it is not sent again.</summary>
    Uncertain,

    /// <summary>There was nothing to tell any more, or nobody to tell it to, when it was to leave.</summary>
    Dropped,
}

/// <summary>What one person is told, or was. Several that leave together are one mail.</summary>
public sealed class Notice : IWorkspaceOwned
{
    /// <summary>Ordered by time.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>Who is told.</summary>
    public Guid PersonId { get; set; }

    /// <summary>What kind of thing happened.</summary>
    public NoticeKind Kind { get; set; }

    /// <summary>The thing itself: as long as a notice of it waits, the same again only raises <see cref="Count"/>.</summary>
    public required string Topic { get; set; }

    /// <summary>What it is about, in one line: a pipeline's name, a person's address.</summary>
    public required string Subject { get; set; }

    /// <summary>What happened, in one line: of an approval the step's title, else a sentence.</summary>
    public required string Text { get; set; }

    /// <summary>The page to open, from the application's root.</summary>
    public required string Path { get; set; }

    /// <summary>How often it happened since the notice of the same topic before.</summary>
    public int Count { get; set; } = 1;

    /// <summary>The person is told as an administrator; who is none any more is not told.</summary>
    public bool AsAdministrator { get; set; }

    /// <summary>Of an approval: its run.</summary>
    public long? RunKey { get; set; }

    /// <summary>Of an approval: the gate's node.</summary>
    public string? Node { get; set; }

    /// <summary>Of an approval: the gate's round.</summary>
    public int? Round { get; set; }

    /// <summary>Of an approval: its time has passed.</summary>
    public bool Overdue { get; set; }

    /// <summary>What happened before this was told of already.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>It leaves with the day's others.</summary>
    public bool Daily { get; set; }

    /// <summary>Where it stands.</summary>
    public NoticeStatus Status { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was to leave first.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>When it is tried next; null: it is over, or on its way.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When the last attempt began.</summary>
    public DateTimeOffset? ClaimedAt { get; set; }

    /// <summary>When it came to its end.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>A word for what happened last (<c>decided</c>, <c>no_server</c>, <c>451</c>, …); null: nothing did.</summary>
    public string? Code { get; set; }

    /// <summary>What happened last, in words; the server's answer where it gave one.</summary>
    public string? Answer { get; set; }
}
