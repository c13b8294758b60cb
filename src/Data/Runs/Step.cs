namespace PromptDesigner.Data.Runs;

/// <summary>Where a step stands. Numbers are stored: append only.</summary>
public enum StepStatus { Pending, Running, Waiting, Succeeded, Failed, Skipped, Cancelled, Uncertain }

/// <summary>Where a step's output is kept, so that no text is stored twice.</summary>
public enum OutputSource { None, Own, RunInputs, RunOutputs, AnswerText, AnswerJson }

/// <summary>A node in a run, in one round. A row is written when there is an outcome; running steps are known to their owner.</summary>
public sealed class Step : IWorkspaceOwned
{
    /// <summary>The run.</summary>
    public long RunKey { get; set; }

    /// <summary>The path in a form that sorts as the graph runs (see Runtime's <c>StepPath</c>).</summary>
    public required string SortPath { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>Where it stands.</summary>
    public StepStatus Status { get; set; }

    /// <summary>The port it left by; null: <c>out</c>, or it did not leave.</summary>
    public string? Port { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When its last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it was settled.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Until when it waits.</summary>
    public DateTimeOffset? WaitUntil { get; set; }

    /// <summary>A stable code of CONTRACT section 7.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>What happened, in words.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>The reviewer's comment and the answer it is about, for a step that answers a request for changes: a JSON object.</summary>
    public string? Feedback { get; set; }

    /// <summary>Where the output is kept.</summary>
    public OutputSource OutputSource { get; set; }

    /// <summary>The call whose answer is the output.</summary>
    public long? AnswerCall { get; set; }

    /// <summary>The output as JSON, where it is kept here.</summary>
    public string? Output { get; set; }
}
