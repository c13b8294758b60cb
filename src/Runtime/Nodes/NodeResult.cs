using System.Text.Json;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>What running a node came to. Ordinary failures are results, never exceptions.</summary>
public abstract record NodeResult
{
    private NodeResult() { }

    /// <summary>A value, and the port it leaves by.</summary>
    public sealed record Done(JsonElement Value, string Port = "out") : NodeResult;

    /// <summary>Nothing to do before <paramref name="Until"/>; then the step is done with <paramref name="Value"/>.</summary>
    public sealed record WaitForTime(DateTimeOffset Until, JsonElement Value) : NodeResult;

    /// <summary>People decide. With <see cref="ApprovalRequest.LetPassBy"/> the gate lets pass at once and that is recorded as its decision.</summary>
    public sealed record WaitForPeople(ApprovalRequest Request) : NodeResult;

    /// <summary>A mail is to leave. Whether it does is decided outside the node: tries and practice send nothing.</summary>
    public sealed record Send(MailDraft Mail) : NodeResult
    {
        /// <summary>Whether it leaves, and why not. Set by the engine, like all that follows.</summary>
        internal SendWay Way { get; init; }

        /// <summary>Its Message-ID.</summary>
        internal string MessageId { get; init; } = "";

        /// <summary>Steps of gates that must be approved when it leaves, in sorting form.</summary>
        internal IReadOnlyList<string> Gates { get; init; } = [];
    }

    /// <summary>Failed with a code of CONTRACT section 7 and a sentence that says what to do. The node itself has used up its retries.</summary>
    public sealed record Failed(string Code, string Message) : NodeResult;

    /// <summary>Text as a JSON value by the port <c>out</c>.</summary>
    public static Done Text(string text) => new(JsonSerializer.SerializeToElement(text));
}

/// <summary>What a gate asks of people; CONTRACT section 4 has the meaning of each.</summary>
public sealed record ApprovalRequest
{
    /// <summary>What is judged, with its JSON type.</summary>
    public required JsonElement Content { get; init; }

    /// <summary>What it was made from.</summary>
    public JsonElement? Context { get; init; }

    /// <summary><c>text</c>, <c>markdown</c>, <c>html</c>, <c>json</c> or <c>email</c>.</summary>
    public string Preview { get; init; } = "text";

    /// <summary>A sentence for the reviewer.</summary>
    public string? Instructions { get; init; }

    /// <summary>Mail addresses of those who may decide; empty: whoever has the right Reviewer.</summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>How many must approve.</summary>
    public int Required { get; init; } = 1;

    /// <summary>Whether the run's starter may decide; null: only while nobody else in the workspace may.</summary>
    public bool? AllowSelf { get; init; }

    /// <summary>Whether the content may be edited.</summary>
    public bool Editable { get; init; } = true;

    /// <summary>The node that a request for changes runs again.</summary>
    public string? Revise { get; init; }

    /// <summary>Most rounds, the first included.</summary>
    public int MaxRounds { get; init; } = 3;

    /// <summary>Minutes until it is overdue.</summary>
    public double? DueInMinutes { get; init; }

    /// <summary><c>remind</c>, <c>escalate</c>, <c>approve</c> or <c>reject</c>.</summary>
    public string OnOverdue { get; init; } = "remind";

    /// <summary>Who may decide too once it is overdue.</summary>
    public IReadOnlyList<string> EscalateTo { get; init; } = [];

    /// <summary><c>when</c> or <c>sample</c> where that rule lets pass without a person.</summary>
    public string? LetPassBy { get; init; }
}
