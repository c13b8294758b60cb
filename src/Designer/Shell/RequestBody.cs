using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Shell;

/// <summary>The body of a request: read whole within its limit, as strict JSON.</summary>
public sealed class RequestBody
{
    /// <summary>Bytes of a request that is no upload.</summary>
    public const int MostBytes = 6 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private RequestBody(byte[] bytes) => Bytes = bytes;

    /// <summary>As sent.</summary>
    public byte[] Bytes { get; }

    /// <summary>Reads the body.</summary>
    public static async Task<Answer<RequestBody>> ReadAsync(HttpContext http, int most = MostBytes)
    {
        if (http.Request.ContentLength is > 0 || http.Request.Headers.TransferEncoding.Count > 0)
        {
            var type = http.Request.ContentType;
            if (type is not null && !(Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out var parsed) && IsJson(parsed)))
                return new Refusal("unsupported_media_type", $"Send JSON as application/json in UTF-8, not {type}.");
            if (http.Request.Headers.ContentEncoding.Count > 0) return new Refusal("unsupported_media_type", "Send the body uncompressed.");
        }
        if (http.Request.ContentLength > most) return TooLarge(most);
        using var buffer = new MemoryStream(http.Request.ContentLength is { } length ? (int)length : 256);
        try
        {
            var piece = new byte[16 * 1024];
            int read;
            while ((read = await http.Request.Body.ReadAsync(piece, http.RequestAborted)) > 0)
            {
                if (buffer.Length + read > most) return TooLarge(most);
                buffer.Write(piece, 0, read);
            }
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(most);
        }
        return new RequestBody(buffer.ToArray());
    }

    /// <summary>Reads a body that has nothing to say: none, or an empty object.</summary>
    public static async Task<Answer<RequestBody>> ReadNothingAsync(HttpContext http)
    {
        var body = await ReadAsync(http);
        if (body.Refusal is not null) return body;
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return broken;
        return new Fields(given.Value).Done() is { } wrong ? wrong : body;
    }

    /// <summary>The body as a JSON object; an empty body is an empty one.</summary>
    public Answer<JsonElement> AsObject()
    {
        if (Bytes.Length == 0) return EmptyObject;
        try
        {
            using var document = JsonDocument.Parse(Bytes, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return new Refusal("request_invalid", "The body must be a JSON object.", [new FieldError("", "must be an object")]);
            Walk(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            return new Refusal("not_json", $"The body is not valid JSON (line {(error.LineNumber ?? 0) + 1}): {FirstSentence(error.Message)}");
        }
        catch (InvalidOperationException)
        {
            return new Refusal("not_json", "The body has a broken character: half of a surrogate pair, or bytes that are not UTF-8.");
        }
    }

    /// <summary>The caller's idempotency key, if it sent one, bound to this very request.</summary>
    public Answer<(string Key, byte[] RequestHash)?> Idempotency(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue("Idempotency-Key", out var values)) return new Answer<(string, byte[])?>();
        var key = values.ToString();
        if (key.Length is 0 or > 200) return new Refusal("bad_query", "An Idempotency-Key has 1 to 200 characters.");
        var head = Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n");
        return ($"{http.KeyId():N}:{key}", SHA256.HashData([.. head, .. Bytes]));
    }

    private static JsonElement EmptyObject { get; } = JsonSerializer.SerializeToElement(new { });

    private static Refusal TooLarge(int most) => new("too_large", $"A request has at most {most / (1024 * 1024)} MB.");

    private static bool IsJson(Microsoft.Net.Http.Headers.MediaTypeHeaderValue type) =>
        (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    private static string FirstSentence(string message) => message.Split(". ", 2)[0].Split(" LineNumber", 2)[0].TrimEnd('.') + ".";

    /// <summary>Reads every text once: broken surrogates show only then.</summary>
    private static void Walk(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Number when !double.IsFinite(value.GetDouble()):
                throw new JsonException("A number is too large");
            case JsonValueKind.Array:
                foreach (var part in value.EnumerateArray()) Walk(part);
                break;
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                {
                    _ = field.Name;
                    Walk(field.Value);
                }
                break;
        }
    }
}
