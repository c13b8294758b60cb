namespace PromptDesigner.Data.Runs;

/// <summary>How a call ended. Numbers are stored: append only.</summary>
public enum ModelCallStatus { Answered, Failed, Invalid, Refused, Discarded }

/// <summary>One request to a model: the durable log. Failed and repeated ones too.</summary>
public sealed class ModelCall : IWorkspaceOwned
{
    /// <summary>Number in the order of storing.</summary>
    public long Key { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>The run.</summary>
    public long RunKey { get; set; }

    /// <summary>The step's path in sorting form.</summary>
    public required string SortPath { get; set; }

    /// <summary>The owner that asked; with <see cref="N"/> the call's key.</summary>
    public long Fence { get; set; }

    /// <summary>This owner's requests for the step, from 1.</summary>
    public int N { get; set; }

    /// <summary>The step's attempt that it was part of, from 1.</summary>
    public int Attempt { get; set; }

    /// <summary>How it ended.</summary>
    public ModelCallStatus Status { get; set; }

    /// <summary><c>connection/model</c>.</summary>
    public required string Model { get; set; }

    /// <summary>When the request was sent.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Milliseconds until the answer was whole, or failed.</summary>
    public int DurationMs { get; set; }

    /// <summary>Tokens sent.</summary>
    public int InputTokens { get; set; }

    /// <summary>Of these, tokens that the provider had cached.</summary>
    public int CachedTokens { get; set; }

    /// <summary>Tokens answered.</summary>
    public int OutputTokens { get; set; }

    /// <summary>Money; null where no price is known.</summary>
    public decimal? Cost { get; set; }

    /// <summary>A stable code of CONTRACT section 7.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>What happened, in words.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>The messages exactly as sent: a JSON list of <c>role</c> and <c>content</c>.</summary>
    public required string Prompt { get; set; }

    /// <summary>The answer as received.</summary>
    public string? Response { get; set; }
}
