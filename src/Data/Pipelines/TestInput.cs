namespace PromptDesigner.Data.Pipelines;

/// <summary>Inputs of a pipeline that somebody kept under a name, for everybody who tries it.</summary>
public sealed class TestInput : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>What people call them.</summary>
    public required string Name { get; set; }

    /// <summary>A JSON object.</summary>
    public required string Inputs { get; set; }

    /// <summary>Who kept them last: a mail address.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A node's output that a person keeps while trying what follows it.</summary>
public sealed class PinnedOutput : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>Whose pin it is.</summary>
    public Guid UserId { get; set; }

    /// <summary>The node's id in the draft.</summary>
    public required string Node { get; set; }

    /// <summary>The port that it leaves by; null: <c>out</c>.</summary>
    public string? Port { get; set; }

    /// <summary>The output as JSON.</summary>
    public required string Output { get; set; }
}
