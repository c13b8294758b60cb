using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>One input or output of a run as a cell holds it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A text as it is; nothing for null; everything else as compact JSON.</param>
/// <param name="IsCut">Only its beginning was read.</param>
public readonly record struct ResultValue(JsonValueKind Kind, string Text, bool IsCut = false)
{
    private const int LongestEscape = 12; // of a letter outside the basic plane

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1_000 };
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_000 };

    /// <summary>The fields of a JSON object, in its order; the object may end anywhere, and then its last field may be cut.</summary>
    public static IReadOnlyDictionary<string, ResultValue> Fields(string? json)
    {
        var found = new OrderedDictionary<string, ResultValue>(StringComparer.Ordinal);
        if (json is null) return found;
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(Deep));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return found;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var rest = (int)reader.BytesConsumed;
            if (!reader.Read())
            {
                var begin = Encoding.UTF8.GetString(bytes.AsSpan(rest)).TrimStart(':', ' ');
                if (begin.Length > 0) found[name] = Cut(begin);
                break;
            }
            var start = (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
            {
                found[name] = new ResultValue(reader.TokenType == JsonTokenType.StartArray ? JsonValueKind.Array : JsonValueKind.Object, Encoding.UTF8.GetString(bytes.AsSpan(start)), true);
                break;
            }
            found[name] = Whole(bytes.AsSpan(start..(int)reader.BytesConsumed));
        }
        return found;
    }

    private static ResultValue Whole(ReadOnlySpan<byte> json)
    {
        var value = JsonSerializer.Deserialize<JsonElement>(json, Readable);
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => new ResultValue(JsonValueKind.String, value.GetString()!),
                JsonValueKind.Null => new ResultValue(JsonValueKind.Null, ""),
                JsonValueKind.Object or JsonValueKind.Array => new ResultValue(value.ValueKind, JsonSerializer.Serialize(value, Readable)),
                _ => new ResultValue(value.ValueKind, value.GetRawText()),
            };
        }
        catch (InvalidOperationException)
        {
            return new ResultValue(value.ValueKind, value.GetRawText()); // half a surrogate pair, which no text can hold
        }
    }

    /// <summary>A value of which the end is not there; a text is read as far as it goes.</summary>
    private static ResultValue Cut(string begin)
    {
        if (!begin.StartsWith('"')) return new ResultValue(JsonValueKind.Number, begin, true);
        for (var less = 0; less <= Math.Min(LongestEscape, begin.Length - 1); less++)
        {
            try
            {
                return new ResultValue(JsonValueKind.String, JsonSerializer.Deserialize<string>(begin[..^less] + "\"")!, true);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // it ends within an escape
            }
        }
        return new ResultValue(JsonValueKind.String, begin[1..], true);
    }
}
