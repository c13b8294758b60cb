using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.ModelCalls.Providers;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>
/// The one door to language models. In this order: spend caps, attempts with their time limit, the provider, structured output with bounded
/// repair, price, and a log row for every request.
/// </summary>
public sealed class ModelGateway
{
    private const int AnswerTokensAssumed = 1_000;

    private readonly ModelConnections _connections;
    private readonly Prices _prices;
    private readonly SpendCaps _caps;
    private readonly TimeProvider _clock;
    private readonly CrashPoints _crash;

    internal ModelGateway(ModelConnections connections, Prices prices, SpendCaps caps, TimeProvider clock, CrashPoints crash)
    {
        _connections = connections;
        _prices = prices;
        _caps = caps;
        _clock = clock;
        _crash = crash;
    }

    /// <summary>Asks a model. Ordinary failures are outcomes; an exception means that the caller cancelled.</summary>
    public async Task<ModelOutcome> CallAsync(ModelRequest request, CallOrigin origin, CancellationToken cancel)
    {
        var models = await _connections.OfAsync(origin.Workspace, cancel);
        if (models.Find(request.Model) is not { } route) return new ModelOutcome.Failed("provider_error", models.WhyNot(request.Model));
        var attempts = AttemptPlan.Of(request.Retry, _clock);
        var number = 0;
        var tried = await attempts.RunAsync(async token =>
        {
            if (number > 0) _crash.Hit("call.before-retry-wait");
            return await AttemptAsync(request, origin, route, ++number, token);
        }, cancel);
        if (tried.Outcome is ModelOutcome.Failed failed && number > 1) return failed with { Message = $"After {number} attempts: {failed.Message}" };
        return tried.Outcome;
    }

    /// <summary>One attempt: the request and its repairs, within the attempt's time.</summary>
    private async Task<Attempted> AttemptAsync(ModelRequest request, CallOrigin origin, ModelRoute route, int attempt, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(request.Timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token);
        var messages = request.Messages;
        for (var repair = 0; ; repair++)
        {
            var row = NewRow(origin, route, messages, attempt);
            Attempted? ended;
            string answer;
            try
            {
                (ended, answer) = await RequestAsync(request, origin, route, messages, row, both.Token);
            }
            catch (OperationCanceledException) when (time.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                Close(row, ModelCallStatus.Failed, "timeout", $"No answer within {request.Timeout.TotalSeconds:0.#} s.");
                origin.Log.Add(row);
                return new Attempted(new ModelOutcome.Failed("timeout", $"The model did not answer within {request.Timeout.TotalSeconds:0.#} s. Raise the step's time limit, or ask for less."), FailureKind.Timeout);
            }
            catch (OperationCanceledException)
            {
                Close(row, ModelCallStatus.Discarded, null, "Stopped before the answer came.");
                origin.Log.Add(row);
                throw;
            }
            origin.Log.Add(row);
            if (ended is not null) return ended;
            if (!request.Json) return new Attempted(new ModelOutcome.Answered(answer, null));
            var (json, wrong) = StructuredOutput.Judge(answer, request.Schema);
            if (json is not null) return new Attempted(new ModelOutcome.Answered(answer, json));
            row.Status = ModelCallStatus.Invalid;
            row.ErrorCode = "invalid_output";
            row.ErrorMessage = wrong;
            if (repair >= request.RepairAttempts)
                return new Attempted(new ModelOutcome.Failed("invalid_output", $"The answer does not fit what was asked for, after {repair} repairs:\n{wrong}"), FailureKind.Server) { InvalidOutput = true };
            messages = [.. messages, new ModelMessage("assistant", answer), StructuredOutput.RepairOf(wrong!)];
        }
    }

    private async Task<(Attempted? Ended, string Answer)> RequestAsync(
        ModelRequest request, CallOrigin origin, ModelRoute route, IReadOnlyList<ModelMessage> messages, ModelCall row, CancellationToken cancel)
    {
        var price = route.Price ?? _prices.Of(route.Name);
        var estimate = new TokenUsage(Estimate(messages), request.MaxTokens ?? AnswerTokensAssumed);
        var (reserved, refusal) = await _caps.ReserveAsync(origin.Workspace, origin.Spend, Prices.CostOf(price, estimate), estimate.Input + estimate.Output, cancel);
        if (refusal is not null)
        {
            Close(row, ModelCallStatus.Refused, "spend_cap", refusal);
            return (new Attempted(new ModelOutcome.Failed("spend_cap", refusal), FailureKind.Request), "");
        }
        TokenUsage? used = null;
        try
        {
            _crash.Hit("call.before-request");
            var answer = await route.Provider.AskAsync(new ProviderCall
            {
                Model = route.Model, Messages = messages, Temperature = request.Temperature, MaxTokens = request.MaxTokens, Json = request.Json, Schema = request.Schema,
                Key = $"{origin.RunId}/{origin.StepPath}/{origin.Fence}-{row.N}", Token = origin.Token,
            }, cancel);
            _crash.Hit("call.after-answer");
            used = answer.Usage ?? new TokenUsage(TokenCounter.Count(messages), TokenCounter.Count(answer.Text));
            Close(row, ModelCallStatus.Answered, null, null);
            row.Response = answer.Text;
            if (route.IsPractice) origin.Practised();
            return (null, answer.Text);
        }
        catch (ProviderFailure failure)
        {
            used = failure.Usage;
            Close(row, ModelCallStatus.Failed, failure.Code, failure.Message);
            row.Response = failure.Partial;
            return (new Attempted(new ModelOutcome.Failed(failure.Code, failure.Message), failure.Kind) { RetryAfter = failure.RetryAfter }, "");
        }
        finally
        {
            if (used is { } usage)
            {
                row.InputTokens = usage.Input;
                row.CachedTokens = usage.Cached;
                row.OutputTokens = usage.Output;
            }
            row.Cost = Prices.CostOf(price, used ?? default);
            reserved!.Settle(row.Cost, row.InputTokens + row.OutputTokens);
        }
    }

    private ModelCall NewRow(CallOrigin origin, ModelRoute route, IReadOnlyList<ModelMessage> messages, int attempt) => new()
    {
        WorkspaceId = origin.Workspace, PipelineKey = origin.Pipeline, RunKey = origin.RunKey, SortPath = origin.SortPath, Fence = origin.Fence, N = origin.Log.Count + 1,
        Attempt = origin.EarlierAttempts + attempt, Model = route.Name, StartedAt = _clock.GetUtcNow(), Prompt = PromptJson.Write(messages),
    };

    private void Close(ModelCall row, ModelCallStatus status, string? code, string? message)
    {
        row.Status = status;
        row.ErrorCode = code;
        row.ErrorMessage = message;
        row.DurationMs = (int)Math.Clamp((_clock.GetUtcNow() - row.StartedAt).TotalMilliseconds, 0, int.MaxValue);
    }

    /// <summary>Tokens of a request by rule of thumb, on the high side; the provider's count replaces it.</summary>
    private static int Estimate(IReadOnlyList<ModelMessage> messages)
    {
        var characters = 0;
        foreach (var message in messages) characters += message.Content.Length;
        return characters / 3 + 8 * messages.Count;
    }
}

/// <summary>What an attempt came to, and whether another may help.</summary>
internal sealed record Attempted(ModelOutcome Outcome, FailureKind? Kind = null)
{
    public TimeSpan? RetryAfter { get; init; }

    public bool InvalidOutput { get; init; }
}
