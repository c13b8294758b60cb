namespace PromptDesigner.Data.Accounts;

/// <summary>Each role includes the one before.</summary>
public enum Role { Viewer, Designer, Administrator }

/// <summary>Rights of their own that any role can be given.</summary>
[Flags]
public enum Rights { None = 0, Reviewer = 1, Operator = 2 }

/// <summary>A person in a workspace, with what that person may do there.</summary>
public sealed class Member : IWorkspaceOwned
{
    /// <summary>Random; names the membership in addresses.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The person.</summary>
    public Guid UserId { get; set; }

    /// <summary>The person.</summary>
    public User? User { get; set; }

    /// <summary>What the person may do.</summary>
    public Role Role { get; set; }

    /// <summary>What else the person may do.</summary>
    public Rights Rights { get; set; }

    /// <summary>When the person joined.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
