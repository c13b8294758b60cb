namespace PromptDesigner.Data.Audit;

/// <summary>One change by a person or a program. Rows are only ever added; the database itself refuses anything else.</summary>
public sealed class AuditEntry : IWorkspaceOwned
{
    /// <summary>Number in the order of writing.</summary>
    public long Key { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Who: a mail address, or a key's name.</summary>
    public required string Actor { get; set; }

    /// <summary>The person; null for a service.</summary>
    public Guid? UserId { get; set; }

    /// <summary>The network address that it came from; null where the program itself did it.</summary>
    public string? Address { get; set; }

    /// <summary>What was done, such as <c>member.added</c> (see Runtime's <c>AuditActions</c>).</summary>
    public required string Action { get; set; }

    /// <summary>The id of what was changed, as addresses write it.</summary>
    public required string Target { get; set; }

    /// <summary>Its name at that time.</summary>
    public required string TargetName { get; set; }

    /// <summary>What it was before: a JSON object; null where there was nothing.</summary>
    public string? Before { get; set; }

    /// <summary>What it was afterwards: a JSON object; null where nothing was left.</summary>
    public string? After { get; set; }
}
