namespace PromptDesigner.Data.Accounts;

/// <summary>The tenant. No data crosses between workspaces.</summary>
public sealed class Workspace
{
    /// <summary>Small number, since every row carries it.</summary>
    public int Id { get; set; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What <c>"model": "default"</c> means here: <c>connection/model</c>; null: as configured.</summary>
    public string? DefaultModel { get; set; }

    /// <summary>Money for one run; lowers <c>Limits:RunCost</c>. Null: as configured.</summary>
    public decimal? RunCost { get; set; }

    /// <summary>Money for a day (UTC); lowers <c>Limits:DayCost</c>. Null: as configured.</summary>
    public decimal? DayCost { get; set; }

    /// <summary>Tokens for one run; lowers <c>Limits:RunTokens</c>. Null: as configured.</summary>
    public long? RunTokens { get; set; }

    /// <summary>Since when nothing is sent; null: sending goes on.</summary>
    public DateTimeOffset? SendingPausedAt { get; set; }

    /// <summary>Who paused sending: a mail address.</summary>
    public string? SendingPausedBy { get; set; }

    /// <summary>Where people open the application, without a slash at its end: what links in notices begin with. Null: the first of <c>Urls</c>.</summary>
    public string? Address { get; set; }

    /// <summary>A pipeline that sends without a gate may be published, with a warning.</summary>
    public bool MaySendUngated { get; set; }
}
