using System.Text.Json;

namespace PromptDesigner.Runtime.ModelCalls.Providers;

/// <summary>One connection's way to its models. Sends one request; everything around it is the gateway's.</summary>
internal interface IModelProvider
{
    /// <summary>Asks once.</summary>
    /// <exception cref="ProviderFailure">The provider did not answer, or not usably.</exception>
    Task<ProviderAnswer> AskAsync(ProviderCall call, CancellationToken cancel);
}

/// <summary>One request as it goes out.</summary>
internal sealed record ProviderCall
{
    public required string Model { get; init; }

    public required IReadOnlyList<ModelMessage> Messages { get; init; }

    public double? Temperature { get; init; }

    public int? MaxTokens { get; init; }

    public bool Json { get; init; }

    public JsonElement? Schema { get; init; }

    /// <summary>The value of the header <c>X-Call-Key</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Takes pieces of the answer as they come; null: the answer is asked for whole.</summary>
    public Action<string>? Token { get; init; }
}

/// <summary>An answer, with what it took.</summary>
internal sealed record ProviderAnswer(string Text, TokenUsage? Usage);

/// <summary>Tokens of one call; <paramref name="Cached"/> is part of the input, <paramref name="Reasoning"/> of the output.</summary>
public readonly record struct TokenUsage(int Input, int Output, int Cached = 0, int Reasoning = 0);

/// <summary>Why a provider gave no usable answer.</summary>
internal enum FailureKind { Timeout, RateLimit, Server, Auth, Request, Refused, Cut }

/// <summary>A call that brought no usable answer. The message is for people and names what to do; it never holds the key.</summary>
internal sealed class ProviderFailure(FailureKind kind, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public FailureKind Kind { get; } = kind;

    /// <summary>When the provider wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What came of the answer before it broke off or was cut, for the log.</summary>
    public string? Partial { get; init; }

    public TokenUsage? Usage { get; init; }

    /// <summary>The code of CONTRACT section 7.</summary>
    public string Code => Kind switch
    {
        FailureKind.Timeout => "timeout",
        FailureKind.RateLimit => "provider_rate_limit",
        FailureKind.Auth => "provider_auth",
        FailureKind.Refused => "content_refused",
        FailureKind.Cut => "answer_cut",
        _ => "provider_error",
    };
}
