using System.Collections.Concurrent;
using Polly;
using Polly.Retry;
using PromptDesigner.Runtime.ModelCalls.Providers;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>Attempts as a step's settings want them: how many, after which failures, with which waits. A provider's own wish for a wait is honoured.</summary>
internal sealed class AttemptPlan
{
    private static readonly ConcurrentDictionary<(int, double, Backoff, int, TimeProvider), AttemptPlan> Made = new();

    private readonly ResiliencePipeline<Attempted> _pipeline;

    private AttemptPlan(RetrySettings settings, TimeProvider clock)
    {
        var on = settings.On.ToHashSet();
        var delay = TimeSpan.FromSeconds(settings.DelaySeconds);
        var retry = new RetryStrategyOptions<Attempted>
        {
            MaxRetryAttempts = Math.Max(1, settings.Attempts - 1),
            Delay = delay,
            BackoffType = settings.Backoff == Backoff.Exponential ? DelayBackoffType.Exponential : DelayBackoffType.Constant,
            UseJitter = delay > TimeSpan.Zero,
            MaxDelay = TimeSpan.FromMinutes(5),
            ShouldHandle = x => ValueTask.FromResult(x.Outcome.Result is { Outcome: ModelOutcome.Failed } tried && MayHelp(tried, on)),
            DelayGenerator = x => ValueTask.FromResult(x.Outcome.Result?.RetryAfter),
        };
        var builder = new ResiliencePipelineBuilder<Attempted> { TimeProvider = clock };
        if (settings.Attempts > 1) builder.AddRetry(retry);
        _pipeline = builder.Build();
    }

    public static AttemptPlan Of(RetrySettings settings, TimeProvider clock)
    {
        var mask = settings.On.Aggregate(0, (x, y) => x | 1 << (int)y);
        if (Made.Count > 1_000) Made.Clear();
        return Made.GetOrAdd((settings.Attempts, settings.DelaySeconds, settings.Backoff, mask, clock), _ => new AttemptPlan(settings, clock));
    }

    public async Task<Attempted> RunAsync(Func<CancellationToken, Task<Attempted>> attempt, CancellationToken cancel) =>
        await _pipeline.ExecuteAsync(static async (work, token) => await work(token), attempt, cancel);

    private static bool MayHelp(Attempted tried, HashSet<RetryOn> on) => tried switch
    {
        { InvalidOutput: true } => on.Contains(RetryOn.InvalidOutput),
        { Kind: FailureKind.Timeout } => on.Contains(RetryOn.Timeout),
        { Kind: FailureKind.RateLimit } => on.Contains(RetryOn.RateLimit),
        { Kind: FailureKind.Server } => on.Contains(RetryOn.Server),
        _ => false,
    };
}
