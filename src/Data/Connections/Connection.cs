namespace PromptDesigner.Data.Connections;

/// <summary>A way to a provider of models, made in the application. Those of the configuration have no row.</summary>
public sealed class Connection : IWorkspaceOwned
{
    /// <summary>The id in addresses.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The first part of <c>connection/model</c>; unique in the workspace.</summary>
    public required string Name { get; set; }

    /// <summary><c>practice</c> or <c>openai</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>The address up to <c>/v1</c>; null: OpenAI's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The API key, encrypted with Data Protection; null: none is sent.</summary>
    public string? ProtectedKey { get; set; }

    /// <summary>The key's last four characters, to tell keys apart.</summary>
    public string? KeyTail { get; set; }

    /// <summary>Models that it offers: a JSON list of texts; empty: any name is passed on.</summary>
    public required string Models { get; set; }

    /// <summary>Prices by model, per million tokens: a JSON object of <c>input</c>, <c>cachedInput</c>, <c>output</c>, <c>reasoning</c>.</summary>
    public required string Prices { get; set; }

    /// <summary>What the practice model rehearses; null: nothing.</summary>
    public string? Rehearse { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; set; }
}
