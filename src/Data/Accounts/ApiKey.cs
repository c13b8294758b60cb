namespace PromptDesigner.Data.Accounts;

/// <summary>Whose key it is.</summary>
public enum ApiKeyKind { Person, Service }

/// <summary>What a service's key may do; a person's key may do what the person may.</summary>
[Flags]
public enum ApiKeyScopes { None = 0, Read = 1, Run = 2, Design = 4, Operate = 8 }

/// <summary>A key of the HTTP API. Only the hash of its text is kept.</summary>
public sealed class ApiKey : IWorkspaceOwned
{
    /// <summary>Names the key in addresses; not a secret.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>A person's or a service's.</summary>
    public ApiKeyKind Kind { get; set; }

    /// <summary>The person, for a person's key.</summary>
    public Guid? UserId { get; set; }

    /// <summary>What a service's key may do.</summary>
    public ApiKeyScopes Scopes { get; set; }

    /// <summary>SHA-256 of the key's text; keys have 256 random bits, so no slow hash is needed.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The last four characters, to tell keys apart.</summary>
    public required string Tail { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
