using Microsoft.Extensions.Options;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    /// <summary>Runs at once in this process.</summary>
    public int MaxConcurrency { get; set; } = 200;

    /// <summary>Steps at once in a run.</summary>
    public int MaxParallelNodes { get; set; } = 16;

    /// <summary>Queued runs above which new ones are refused; 0: none.</summary>
    public int MaxQueued { get; set; } = 100_000;

    /// <summary>How long a run's owner holds it without another sign of life.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stopping process waits for steps that run.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>Stops the start at a wrong value.</summary>
public sealed class RunOptionsCheck : IValidateOptions<RunOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, RunOptions options)
    {
        var wrong = new List<string>();
        if (options.MaxConcurrency is < 1 or > 10_000) wrong.Add($"Runs:MaxConcurrency is {options.MaxConcurrency}; allowed are 1 to 10000.");
        if (options.MaxParallelNodes is < 1 or > 1_000) wrong.Add($"Runs:MaxParallelNodes is {options.MaxParallelNodes}; allowed are 1 to 1000.");
        if (options.MaxQueued < 0) wrong.Add($"Runs:MaxQueued is {options.MaxQueued}; allowed are 0 (no limit) and more.");
        if (options.Lease < TimeSpan.FromSeconds(3) || options.Lease > TimeSpan.FromMinutes(10)) wrong.Add($"Runs:Lease is {options.Lease}; allowed are 00:00:03 to 00:10:00.");
        if (options.Drain < TimeSpan.Zero || options.Drain > TimeSpan.FromMinutes(10)) wrong.Add($"Runs:Drain is {options.Drain}; allowed are 00:00:00 to 00:10:00.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
