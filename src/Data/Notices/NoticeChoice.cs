namespace PromptDesigner.Data.Notices;

/// <summary>How a person wants to be told. Numbers are stored: append only.</summary>
public enum NoticeDelivery
{
    /// <summary>By a mail, soon after it happened.</summary>
    Each,

    /// <summary>By one mail a day.</summary>
    Daily,

    /// <summary>Not at all.</summary>
    Never,
}

/// <summary>How a person wants to be told of one kind of thing; without a row: by a mail each.</summary>
public sealed class NoticeChoice : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The person.</summary>
    public Guid PersonId { get; set; }

    /// <summary>The kind of thing.</summary>
    public NoticeKind Kind { get; set; }

    /// <summary>How.</summary>
    public NoticeDelivery Delivery { get; set; }
}

/// <summary>When a person's daily mail leaves; without a row: at 8 UTC.</summary>
public sealed class NoticeDigest : IWorkspaceOwned
{
    /// <summary>The hour where nobody has chosen one.</summary>
    public const int UsualHour = 8;

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The person.</summary>
    public Guid PersonId { get; set; }

    /// <summary>The hour of the day, 0 to 23.</summary>
    public int Hour { get; set; } = UsualHour;

    /// <summary>The zone that the hour is read in: an IANA id.</summary>
    public string TimeZone { get; set; } = "UTC";
}
