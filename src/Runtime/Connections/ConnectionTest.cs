using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.ModelCalls.Providers;

namespace PromptDesigner.Runtime.Connections;

/// <summary>What a test call came to.</summary>
/// <param name="Text">The answer; null where there was none.</param>
/// <param name="InputTokens">Tokens sent.</param>
/// <param name="OutputTokens">Tokens answered.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Error">What went wrong, in words that say what to do; null where it went right.</param>
public sealed record ConnectionTest(string? Text, int InputTokens, int OutputTokens, int Milliseconds, string? Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ModelMessage[] Question = [new("user", "Reply with the word: ready")];

    /// <summary>Makes a real call, once.</summary>
    internal static async Task<ConnectionTest> RunAsync(IModelProvider provider, string model, TimeProvider clock, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token);
        var began = clock.GetTimestamp();
        try
        {
            var answer = await provider.AskAsync(new ProviderCall { Model = model, Messages = Question, Key = $"test/{Guid.NewGuid():N}" }, both.Token);
            var usage = answer.Usage ?? new TokenUsage(TokenCounter.Count(Question), TokenCounter.Count(answer.Text));
            return new ConnectionTest(answer.Text, usage.Input, usage.Output, Since(began, clock), null);
        }
        catch (ProviderFailure failure)
        {
            return new ConnectionTest(failure.Partial, failure.Usage?.Input ?? 0, failure.Usage?.Output ?? 0, Since(began, clock), failure.Message);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new ConnectionTest(null, 0, 0, Since(began, clock), $"No answer came within {Patience.TotalSeconds:0} s. Check the endpoint, or try a smaller model.");
        }
    }

    private static int Since(long began, TimeProvider clock) => (int)clock.GetElapsedTime(began).TotalMilliseconds;
}
