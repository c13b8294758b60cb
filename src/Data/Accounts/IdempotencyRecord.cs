namespace PromptDesigner.Data.Accounts;

/// <summary>What a request with an <c>Idempotency-Key</c> was answered, kept for 24 hours in the transaction of what it made.</summary>
public sealed class IdempotencyRecord : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The caller's key, with the id of the API key before it.</summary>
    public required string Key { get; set; }

    /// <summary>SHA-256 over method, path and body.</summary>
    public required byte[] RequestHash { get; set; }

    /// <summary>The HTTP status that was answered.</summary>
    public int StatusCode { get; set; }

    /// <summary>The id of what was made.</summary>
    public required string Answer { get; set; }

    /// <summary>When; forgotten 24 hours later.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
