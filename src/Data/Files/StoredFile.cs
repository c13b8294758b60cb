namespace PromptDesigner.Data.Files;

/// <summary>An uploaded file. Its bytes lie in the data directory under its id.</summary>
public sealed class StoredFile : IWorkspaceOwned
{
    /// <summary>The id in addresses and in inputs.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The name it came with, without any folder.</summary>
    public required string Name { get; set; }

    /// <summary>What its content and name say it is.</summary>
    public required string ContentType { get; set; }

    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    /// <summary>Who uploaded it.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it was uploaded.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A run names a file, which is kept as long as one does.</summary>
public sealed class RunFile : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The run.</summary>
    public long RunKey { get; set; }

    /// <summary>The file.</summary>
    public Guid FileId { get; set; }
}
