using System.Text.Json;
using System.Text.Json.Serialization;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Shell;

/// <summary>Answers of the HTTP API: JSON as CONTRACT writes it, and refusals as RFC 9457 problem details with a stable code.</summary>
public static class Problems
{
    /// <summary>camelCase, nulls written, times in UTC.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new RawJsonConverter(), new UtcConverter() },
    };

    /// <summary>A JSON answer.</summary>
    public static IResult Ok(object body, int status = StatusCodes.Status200OK) => Results.Json(body, Json, statusCode: status);

    /// <summary>A refusal.</summary>
    public static IResult Refuse(Refusal refusal) => new ProblemAnswer(refusal);

    /// <summary>The HTTP status of a code of CONTRACT section 7.</summary>
    public static int StatusOf(string code) => code switch
    {
        "not_json" or "unreadable" or "newer_schema" or "bad_cursor" or "bad_query" => 400,
        "unauthenticated" => 401,
        "forbidden" or "person_required" or "self_approval" => 403,
        "not_found" => 404,
        "method_not_allowed" => 405,
        "not_published" or "already_decided" or "content_changed" or "released" or "run_over" or "not_retryable" or "idempotency_reused" => 409,
        "revision_stale" => 412,
        "too_large" => 413,
        "unsupported_media_type" => 415,
        "revision_required" => 428,
        "rate_limited" => 429,
        "internal" => 500,
        "stopping" => 503,
        _ => 422,
    };

    /// <summary>Writes a refusal outside an endpoint.</summary>
    public static Task WriteAsync(HttpContext http, Refusal refusal) => new ProblemAnswer(refusal).ExecuteAsync(http);

    private sealed class ProblemAnswer(Refusal refusal) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var status = StatusOf(refusal.Code);
            httpContext.Response.StatusCode = status;
            if (status is 429 or 503) httpContext.Response.Headers.RetryAfter = status == 429 ? "5" : "10";
            var body = new Body("about:blank", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, refusal.Message, refusal.Code, refusal.Errors, refusal.Problems?.Select(ProblemView.Of));
            await httpContext.Response.WriteAsJsonAsync(body, BodyJson, "application/problem+json", httpContext.RequestAborted);
        }
    }

    private static readonly JsonSerializerOptions BodyJson = new(Json) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private sealed record Body(string Type, string Title, int Status, string Detail, string Code, object? Errors, object? Problems);

    private sealed class RawJsonConverter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Raw JSON is only written.");

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
        {
            if (value.Text is null) writer.WriteNullValue();
            else writer.WriteRawValue(value.Text, skipInputValidation: true);
        }
    }

    private sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>JSON text that is passed on as it is stored; null stands for JSON's null.</summary>
public readonly record struct RawJson(string? Text);
