using System.Text.Json;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>One turn of a conversation; roles are <c>system</c>, <c>user</c>, <c>assistant</c>.</summary>
public sealed record ModelMessage(string Role, string Content);

/// <summary>What a step asks of a model.</summary>
public sealed record ModelRequest
{
    /// <summary><c>connection/model</c> or <c>default</c>.</summary>
    public string Model { get; init; } = "default";

    /// <summary>The messages, in order.</summary>
    public required IReadOnlyList<ModelMessage> Messages { get; init; }

    /// <summary>0 to 2; null: the provider's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Most tokens of the answer; null: the provider's own.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>True where the answer must be JSON.</summary>
    public bool Json { get; init; }

    /// <summary>The schema that the JSON must fit.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>How often an invalid answer is shown its errors and asked again, within one attempt.</summary>
    public int RepairAttempts { get; init; } = 2;

    /// <summary>For one attempt, repairs included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Further attempts.</summary>
    public RetrySettings Retry { get; init; } = new();
}

/// <summary>What came of a request after retries and repairs.</summary>
public abstract record ModelOutcome
{
    private ModelOutcome() { }

    /// <summary>An answer; <paramref name="Json"/> is the parsed, valid JSON where that was asked for.</summary>
    public sealed record Answered(string Text, JsonElement? Json) : ModelOutcome;

    /// <summary>Failed for good, with a code of CONTRACT section 7 and a sentence that says what to do.</summary>
    public sealed record Failed(string Code, string Message) : ModelOutcome;
}

/// <summary>The gateway as one step sees it.</summary>
public interface IStepModels
{
    /// <summary>Asks, with everything around the call: caps, timeouts, retries, repairs, the log. Answers stream to the run's viewers meanwhile.</summary>
    Task<ModelOutcome> CallAsync(ModelRequest request, CancellationToken cancel);
}
