namespace PromptDesigner.Data.Pipelines;

/// <summary>A pipeline with its one draft. Versions lie beside it.</summary>
public sealed class Pipeline : IWorkspaceOwned
{
    /// <summary>Small number for the many rows of runs.</summary>
    public int Key { get; set; }

    /// <summary>The id in addresses.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The draft's name.</summary>
    public required string Name { get; set; }

    /// <summary>The draft's description.</summary>
    public string? Description { get; set; }

    /// <summary>The draft: a pipeline file in canonical form.</summary>
    public required string Draft { get; set; }

    /// <summary>Counts the draft's saves from 1; a save names the one it was made from.</summary>
    public int DraftRevision { get; set; }

    /// <summary>The version that runs when none is named; null: not published.</summary>
    public int? ActiveVersion { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Who made it: a mail address or a key's name.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When the draft was last saved.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Words to find it by, in small letters, in the order in which they were given.</summary>
    public List<string> Tags { get; set; } = [];

    /// <summary>The person who is told what becomes of it; null: nobody. Who left the workspace stays named here until another one is.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>When it was put away: lists leave it out and it starts no runs; null: it is in use.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }
}

/// <summary>A published version. Never changed.</summary>
public sealed class PipelineVersion : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>Counts from 1 in its pipeline.</summary>
    public int Number { get; set; }

    /// <summary>The pipeline file in canonical form.</summary>
    public required string Graph { get; set; }

    /// <summary>What the publisher wrote.</summary>
    public string? Note { get; set; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Who published it.</summary>
    public required string CreatedBy { get; set; }
}

/// <summary>A draft as some run of it saw it, so that the run is pinned while the draft goes on.</summary>
public sealed class DraftSnapshot : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>The draft's revision.</summary>
    public int Revision { get; set; }

    /// <summary>The pipeline file in canonical form.</summary>
    public required string Graph { get; set; }
}
