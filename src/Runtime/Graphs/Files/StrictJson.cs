using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace PromptDesigner.Runtime.Graphs.Files;

/// <summary>Bytes of a file to JSON, refusing what JSON libraries let pass: duplicate keys, deep nesting, broken characters, numbers that are not finite.</summary>
internal static class StrictJson
{
    public const int MostBytes = 5 * 1024 * 1024;
    public const int MostLevels = 64;

    /// <exception cref="GraphRefusedException">The bytes are no such JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MostBytes) throw TooLarge(bytes.Length);
        var text = ToUtf8(bytes);
        if (text.Length > MostBytes) throw TooLarge(text.Length);
        if (IsBlank(text.Span)) throw new GraphRefusedException("not_json", "The file is empty.");
        if (text.Span.TrimStart(" \t\r\n"u8)[0] is not ((byte)'{' or (byte)'[')) throw NotAnObject(text);
        Scan(text.Span);
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostLevels });
        return document.RootElement.Clone();
    }

    private static GraphRefusedException TooLarge(long length) => new("too_large",
        string.Create(CultureInfo.InvariantCulture, $"Pipeline files may be 5 MB at most; this one has {Math.Max(length / 1024d / 1024, 5.1):0.#} MB."));

    private static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        else if (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return FromUtf16(bytes[2..], bigEndian: false);
        else if (span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return FromUtf16(bytes[2..], bigEndian: true);
        else if (span.Length >= 2 && span[0] != 0 && span[1] == 0) return FromUtf16(bytes, bigEndian: false);
        else if (span.Length >= 2 && span[0] == 0 && span[1] != 0) return FromUtf16(bytes, bigEndian: true);

        if (Utf8.IsValid(bytes.Span)) return bytes;
        // A picture or an archive is no text either, but "not UTF-8" would send its owner the wrong way.
        var start = bytes.Span.TrimStart(" \t\r\n"u8);
        if (start.Length == 0 || start[0] != (byte)'{') throw NotJson();
        throw new GraphRefusedException("not_json", "The file is not UTF-8 text. Save it as UTF-8 and import it again.");
    }

    private static ReadOnlyMemory<byte> FromUtf16(ReadOnlyMemory<byte> bytes, bool bigEndian)
    {
        try
        {
            return Encoding.UTF8.GetBytes(new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes.Span));
        }
        catch (DecoderFallbackException)
        {
            throw new GraphRefusedException("not_json", "The file is neither UTF-8 nor UTF-16 text. Save it as UTF-8 and import it again.");
        }
    }

    private static GraphRefusedException NotAnObject(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return new GraphRefusedException("unreadable", "A pipeline file is a JSON object; this one holds a single value.", 1);
        }
        catch (JsonException)
        {
            return NotJson();
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n\0"u8).Length == 0;

    private static GraphRefusedException NotJson() => new("not_json", "This is not a pipeline file (expected JSON). Line 1.", 1);

    private static void Scan(ReadOnlySpan<byte> text)
    {
        // Not the final block: so an end in the middle shows as "no more tokens" and is told from a fault.
        var reader = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MostLevels + 1 }));
        var keys = new Stack<HashSet<string>>();
        var ended = false;
        try
        {
            while (reader.Read())
            {
                Look(ref reader, text, keys);
                ended = reader.CurrentDepth == 0 && reader.TokenType is (JsonTokenType.EndObject or JsonTokenType.EndArray);
            }
        }
        catch (JsonException fault)
        {
            var line = (int)(fault.LineNumber ?? 0) + 1;
            if (reader.TokenType == JsonTokenType.None) throw NotJson();
            throw new GraphRefusedException("not_json", $"Line {line} is not JSON: {Explain(text, reader.BytesConsumed)}", line);
        }
        if (ended) return;
        var last = LineAt(text, text.Length);
        throw new GraphRefusedException("not_json", $"The file ends in the middle (line {last}). It may not have been saved completely.", last);
    }

    private static void Look(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, Stack<HashSet<string>> keys)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MostLevels:
                throw new GraphRefusedException("unreadable", $"The file is nested too deeply (limit {MostLevels}).", LineAt(text, reader.TokenStartIndex));
            case JsonTokenType.StartObject:
                keys.Push(new HashSet<string>(StringComparer.Ordinal));
                break;
            case JsonTokenType.EndObject:
                keys.Pop();
                break;
            case JsonTokenType.PropertyName:
                var key = Text(ref reader, text);
                if (keys.Peek().Add(key)) break;
                var line = LineAt(text, reader.TokenStartIndex);
                throw new GraphRefusedException("unreadable", $"Line {line}: '{key}' is given twice.", line);
            case JsonTokenType.String when reader.ValueIsEscaped:
                Text(ref reader, text);
                break;
            case JsonTokenType.Number when !(reader.TryGetDouble(out var number) && double.IsFinite(number)):
                var at = LineAt(text, reader.TokenStartIndex);
                throw new GraphRefusedException("unreadable", $"Line {at} contains a number that is too large.", at);
        }
    }

    private static string Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            var line = LineAt(text, reader.TokenStartIndex);
            throw new GraphRefusedException("unreadable", $"Line {line} contains a broken character.", line);
        }
    }

    private static string Explain(ReadOnlySpan<byte> text, long consumed)
    {
        var rest = text[(int)Math.Min(consumed, text.Length)..].TrimStart(" \t\r\n,"u8);
        if (rest.StartsWith("//"u8) || rest.StartsWith("/*"u8)) return "comments are not allowed.";
        if (rest.StartsWith("}"u8) || rest.StartsWith("]"u8)) return "there is a comma too many.";
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("Infinity"u8) || rest.StartsWith("-Infinity"u8)) return "numbers must be finite.";
        return "check commas, quotes and brackets there.";
    }

    private static int LineAt(ReadOnlySpan<byte> text, long offset) => text[..(int)offset].Count((byte)'\n') + 1;
}
