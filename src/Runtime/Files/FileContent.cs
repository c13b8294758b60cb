using System.Buffers;
using System.Text;
using System.Text.Json;

namespace PromptDesigner.Runtime.Files;

/// <summary>A file as templates read it: <c>name</c>, <c>contentType</c>, <c>size</c>, and of <c>text</c>, <c>json</c>, <c>rows</c> what its kind offers.</summary>
internal static class FileContent
{
    private static readonly JsonWriterOptions Written = new() { SkipValidation = true };

    /// <summary>Reads the bytes; a file whose bytes are lost has no content, so reading it is an error that names the expression.</summary>
    public static JsonElement Read(string name, string contentType, long size, string path)
    {
        var kind = FileKind.Of(contentType);
        var text = kind.IsText && File.Exists(path) ? File.ReadAllText(path, Encoding.UTF8) : null;
        var buffer = new ArrayBufferWriter<byte>(1_024 + (int)Math.Min(size, int.MaxValue / 4));
        using (var writer = new Utf8JsonWriter(buffer, Written))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteString("contentType"u8, contentType);
            writer.WriteNumber("size"u8, size);
            if (text is not null)
            {
                writer.WriteString("text"u8, text);
                if (kind == FileKind.Json && Parse(text) is { } json)
                {
                    writer.WritePropertyName("json"u8);
                    json.WriteTo(writer);
                }
                if (FileRows.IsTable(kind))
                {
                    writer.WritePropertyName("rows"u8);
                    FileRows.Write(kind, text, writer);
                }
            }
            writer.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>A JSON value that the engine can work with; null where the text is none: broken, too deep, with half characters or numbers beyond a double.</summary>
    public static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return IsSound(document.RootElement) ? document.RootElement.Clone() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // no JSON; the text can be read all the same
        }
    }

    private static bool IsSound(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is not null, // half a surrogate pair throws
        JsonValueKind.Number => double.IsFinite(value.GetDouble()),
        JsonValueKind.Array => value.EnumerateArray().All(IsSound),
        JsonValueKind.Object => value.EnumerateObject().All(x => x.Name is not null && IsSound(x.Value)),
        _ => true,
    };
}
