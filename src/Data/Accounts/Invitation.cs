namespace PromptDesigner.Data.Accounts;

/// <summary>An invitation into a workspace: a link that works once. Only the hash of its secret is kept.</summary>
public sealed class Invitation : IWorkspaceOwned
{
    /// <summary>Names it in addresses; not a secret.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>Whom it is for.</summary>
    public required string Email { get; set; }

    /// <summary>The role that it brings.</summary>
    public Role Role { get; set; }

    /// <summary>The rights that it brings.</summary>
    public Rights Rights { get; set; }

    /// <summary>SHA-256 of the link's secret.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Who invited.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was accepted or taken back.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
