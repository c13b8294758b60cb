using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI.Chat;
using ChatMessageContent = Microsoft.SemanticKernel.ChatMessageContent;

namespace PromptDesigner.Runtime.ModelCalls.Providers;

/// <summary>Any OpenAI-compatible address, through Semantic Kernel over our own HTTP client, so that retries are the gateway's alone.</summary>
internal sealed partial class OpenAiProvider(ConnectionOptions connection, HttpClient http) : IModelProvider
{
    private readonly ConcurrentDictionary<string, OpenAIChatCompletionService> _services = new(StringComparer.Ordinal);

    public async Task<ProviderAnswer> AskAsync(ProviderCall call, CancellationToken cancel)
    {
        var exchange = ModelHttp.Begin(call.Key);
        var service = _services.GetOrAdd(call.Model, Make);
        var history = new ChatHistory();
        foreach (var message in call.Messages) history.Add(new ChatMessageContent(RoleOf(message.Role), message.Content));
        var settings = new OpenAIPromptExecutionSettings { Temperature = call.Temperature, MaxTokens = call.MaxTokens, ResponseFormat = FormatOf(call) };
        try
        {
            return call.Token is null ? await AskWholeAsync(service, history, settings, cancel) : await AskStreamingAsync(service, history, settings, call.Token, cancel);
        }
        catch (Exception error) when (error is not ProviderFailure and not Runs.Execution.SimulatedCrashException)
        {
            if (exchange.Failure is { } failure) throw failure;
            if (error is OperationCanceledException && cancel.IsCancellationRequested) throw;
            throw Translate(error, exchange);
        }
    }

    private OpenAIChatCompletionService Make(string model) => new(model, new Uri(connection.Endpoint ?? "https://api.openai.com/v1"), connection.ApiKey ?? "none", httpClient: http);

    private static async Task<ProviderAnswer> AskWholeAsync(OpenAIChatCompletionService service, ChatHistory history, OpenAIPromptExecutionSettings settings, CancellationToken cancel)
    {
        var answers = await service.GetChatMessageContentsAsync(history, settings, null, cancel);
        if (answers.Count == 0) throw new ProviderFailure(FailureKind.Server, "The provider's answer holds no choice.");
        var answer = answers[0];
        return Judge(WithoutZeros(answer.Content), UsageOf(answer.Metadata), answer.Metadata?.GetValueOrDefault("FinishReason") as string, answer.Metadata?.GetValueOrDefault("Refusal") as string);
    }

    private static async Task<ProviderAnswer> AskStreamingAsync(
        OpenAIChatCompletionService service, ChatHistory history, OpenAIPromptExecutionSettings settings, Action<string> token, CancellationToken cancel)
    {
        var text = new StringBuilder();
        TokenUsage? usage = null;
        string? finish = null;
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(history, settings, null, cancel))
        {
            if (WithoutZeros(piece.Content) is { Length: > 0 } more)
            {
                text.Append(more);
                token(more);
            }
            usage = UsageOf(piece.Metadata) ?? usage;
            finish = piece.Metadata?.GetValueOrDefault("FinishReason") as string ?? finish;
        }
        return Judge(text.ToString(), usage, finish, null);
    }

    /// <summary>PostgreSQL keeps no text with a zero character, and nobody means one.</summary>
    private static string WithoutZeros(string? text) => text?.Replace("\0", "", StringComparison.Ordinal) ?? "";

    private static ProviderAnswer Judge(string text, TokenUsage? usage, string? finish, string? refusal)
    {
        if (!string.IsNullOrEmpty(refusal)) throw new ProviderFailure(FailureKind.Refused, $"The model refused to answer: {refusal}") { Partial = text, Usage = usage };
        return finish switch
        {
            "Stop" when text.Length > 0 => new ProviderAnswer(text, usage),
            "Length" => throw new ProviderFailure(FailureKind.Cut, "The answer reached its token limit and is cut. Raise maxTokens, or ask for less.") { Partial = text, Usage = usage },
            "ContentFilter" => throw new ProviderFailure(FailureKind.Refused, "The provider's content filter stopped the answer.") { Partial = text, Usage = usage },
            null => throw new ProviderFailure(FailureKind.Server, "The provider's answer broke off before its end.") { Partial = text, Usage = usage },
            _ => throw new ProviderFailure(FailureKind.Server, $"The provider's answer is empty (finish reason {finish}).") { Partial = text, Usage = usage },
        };
    }

    private ProviderFailure Translate(Exception error, ModelHttp.Exchange exchange)
    {
        var status = (error as HttpOperationException)?.StatusCode ?? (exchange.Status is { } seen && (int)seen >= 400 ? seen : null);
        var detail = Detail(exchange.Error);
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new(FailureKind.Auth, $"The provider refused the connection's key ({(int)status}). Enter a valid key in the connection.{detail}"),
            HttpStatusCode.TooManyRequests when detail.Contains("quota", StringComparison.OrdinalIgnoreCase) =>
                new(FailureKind.Request, $"The provider's quota for this key is used up (429).{detail}"),
            HttpStatusCode.TooManyRequests => new(FailureKind.RateLimit, $"The provider is asked too often (429).{detail}", exchange.RetryAfter),
            HttpStatusCode.RequestTimeout => new(FailureKind.Timeout, "The provider gave up waiting (408)."),
            { } server when (int)server >= 500 => new(FailureKind.Server, $"The provider had an internal problem ({(int)server}).{detail}", exchange.RetryAfter),
            HttpStatusCode.NotFound => new(FailureKind.Request, $"The provider does not know this model or address (404). Check the model's name and the connection's endpoint.{detail}"),
            { } wrong when (int)wrong >= 400 => new(FailureKind.Request, $"The provider refused the request ({(int)wrong}).{detail}"),
            _ when Cause<System.Security.Authentication.AuthenticationException>(error) is { } tls => new(FailureKind.Request, $"The connection's certificate is not trusted: {tls.Message}"),
            _ when Cause<HttpRequestException>(error) is { } unreachable => new(FailureKind.Server, $"The provider could not be reached: {unreachable.Message}"),
            _ when Cause<IOException>(error) is not null => new(FailureKind.Server, "The connection to the provider broke off in the middle of the answer."),
            _ when error is OperationCanceledException => new(FailureKind.Timeout, "The provider did not answer in time."),
            _ => new(FailureKind.Server, "The provider's answer could not be read: it is not what an OpenAI-compatible address answers."),
        };
    }

    private string Detail(byte[] error)
    {
        if (error.Length == 0) return "";
        try
        {
            using var body = JsonDocument.Parse(error);
            if (body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object
                && inner.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String && message.GetString() is { Length: > 0 } text)
                return " It says: " + Cut(Redact(text));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // the body is no readable JSON; the status says enough
        }
        return "";
    }

    private static string Cut(string text) => text.Length > 300 ? text[..300] + "…" : text;

    /// <summary>Some providers repeat the key in their error, whole or in part.</summary>
    private string Redact(string text)
    {
        if (!string.IsNullOrEmpty(connection.ApiKey)) text = text.Replace(connection.ApiKey, "[key]", StringComparison.Ordinal);
        return PartOfKey().Replace(text, "[key]");
    }

    [GeneratedRegex(@"\b(sk|pd)[-_][A-Za-z0-9_\-*]{6,}", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex PartOfKey();

    private static T? Cause<T>(Exception error) where T : Exception
    {
        for (var at = error; at is not null; at = at.InnerException)
            if (at is T found) return found;
        return null;
    }

    private static AuthorRole RoleOf(string role) => role switch
    {
        "system" => AuthorRole.System,
        "assistant" => AuthorRole.Assistant,
        _ => AuthorRole.User,
    };

    private static object? FormatOf(ProviderCall call) => call switch
    {
        { Schema: { } schema } => ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(schema.GetRawText())),
        { Json: true } => ChatResponseFormat.CreateJsonObjectFormat(),
        _ => null,
    };

    private static TokenUsage? UsageOf(IReadOnlyDictionary<string, object?>? metadata) =>
        metadata?.GetValueOrDefault("Usage") is ChatTokenUsage { InputTokenCount: >= 0, OutputTokenCount: >= 0 } usage
            ? new TokenUsage(usage.InputTokenCount, usage.OutputTokenCount, usage.InputTokenDetails?.CachedTokenCount ?? 0, usage.OutputTokenDetails?.ReasoningTokenCount ?? 0)
            : null;
}
