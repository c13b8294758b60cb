using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>Settings of a node kind. <c>input</c> and <c>output</c> derive from this, every other kind from <see cref="StepSettings"/>.</summary>
public abstract class NodeSettings;

/// <summary>Settings that every kind but <c>input</c> and <c>output</c> has.</summary>
public abstract class StepSettings : NodeSettings
{
    /// <summary>What follows when the step fails for good.</summary>
    [Field("On error", FieldEditor.Choice, "What follows when this step fails for good: fail the run, go on with a fallback value, or leave by the port 'error'.")]
    public OnError OnError { get; set; }

    /// <summary>The output in place of a failed step's, with <see cref="OnError.Continue"/>.</summary>
    [Field("Fallback", FieldEditor.Value, "The value that stands in for the output when the step failed and the run goes on.")]
    public JsonElement? Fallback { get; set; }
}

/// <summary>Settings of the kinds that call out.</summary>
public abstract class CallingSettings : StepSettings
{
    /// <summary>Seconds for one attempt.</summary>
    [Field("Time limit", FieldEditor.Number, "Seconds that one attempt may take.", Min = 1, Max = 3600)]
    public double TimeoutSeconds { get; set; } = 120;

    /// <summary>When to try again, and how often.</summary>
    [Field("Retry", FieldEditor.Group, "How often to try again, and after which failures.")]
    public RetrySettings Retry { get; set; } = new();
}

/// <summary>How a calling step tries again.</summary>
public sealed class RetrySettings
{
    /// <summary>Attempts in all, the first included.</summary>
    [Field("Attempts", FieldEditor.Number, "Attempts in all, the first included.", Min = 1, Max = 20)]
    public int Attempts { get; set; } = 3;

    /// <summary>Seconds before the second attempt.</summary>
    [Field("Delay", FieldEditor.Number, "Seconds before the second attempt.", Min = 0, Max = 3600)]
    public double DelaySeconds { get; set; } = 1;

    /// <summary>How the delay grows.</summary>
    [Field("Backoff", FieldEditor.Choice, "Whether the delay stays the same or doubles each time.")]
    public Backoff Backoff { get; set; } = Backoff.Exponential;

    /// <summary>Failures after which another attempt is made.</summary>
    [Field("Retry after", FieldEditor.List, "Failures after which another attempt is made.")]
    public List<RetryOn> On { get; set; } = [RetryOn.Timeout, RetryOn.RateLimit, RetryOn.Server, RetryOn.InvalidOutput];
}

/// <summary>What follows when a step fails for good.</summary>
public enum OnError { Fail, Continue, Route }

/// <summary>How the delay between attempts grows.</summary>
public enum Backoff { Constant, Exponential }

/// <summary>Failures that can be tried again.</summary>
public enum RetryOn { Timeout, RateLimit, Server, InvalidOutput }
