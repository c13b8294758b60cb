using System.ComponentModel.DataAnnotations;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    /// <summary>Runs at once in this process.</summary>
    [Range(1, 10_000, ErrorMessage = "Runs:MaxConcurrency must be between 1 and 10000.")]
    public int MaxConcurrency { get; set; } = 200;

    /// <summary>Steps at once in a run.</summary>
    [Range(1, 1_000, ErrorMessage = "Runs:MaxParallelNodes must be between 1 and 1000.")]
    public int MaxParallelNodes { get; set; } = 16;

    /// <summary>Queued runs above which new ones are refused; 0: none.</summary>
    [Range(0, int.MaxValue, ErrorMessage = "Runs:MaxQueued must be 0 (no limit) or more.")]
    public int MaxQueued { get; set; } = 100_000;

    /// <summary>How long a run's owner holds it without another sign of life.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stopping process waits for steps that run.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(20);
}
