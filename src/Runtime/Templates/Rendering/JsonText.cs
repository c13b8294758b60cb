using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>Strings out of JSON, and values as compact JSON.</summary>
internal static class JsonText
{
    // System.Text.Json gives documents at most 64 deep by default; whoever parses deeper must not bring the stack down.
    private const int Deepest = 200;

    /// <summary>The string; lone surrogates, which no .NET string should carry on, become U+FFFD.</summary>
    public static string Of(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(json.GetRawText().AsSpan(1..^1));
        }
    }

    public static string NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            var raw = field.ToString();
            return Unescape(raw.AsSpan(1, EndOfString(raw) - 1));
        }
    }

    public static void Append(StringBuilder to, in TemplateValue value, RenderState state, int depth = 0)
    {
        state.Step();
        if (depth > Deepest) throw state.Limit($"A value is nested more than {Deepest} deep.");
        switch (value.Kind)
        {
            case ValueKind.Text: AppendString(to, value.Text, state); break;
            case ValueKind.List: AppendList(to, value, state, depth); break;
            case ValueKind.Range: AppendList(to, TemplateValue.Of(Lists.Of(value, state)), state, depth); break;
            case ValueKind.Object: AppendObject(to, value.Json, state, depth); break;
            case ValueKind.Loop: to.Append("{}"); break;
            case ValueKind.Missing or ValueKind.Nil: to.Append("null"); break;
            case ValueKind.Empty or ValueKind.Blank: to.Append("\"\""); break;
            default: to.Append(ValueText.Of(value, state)); break;
        }
    }

    /// <summary>The value with its JSON type.</summary>
    public static JsonElement ToElement(in TemplateValue value, RenderState state)
    {
        switch (value.Kind)
        {
            case ValueKind.Text: return JsonSerializer.SerializeToElement(value.Text);
            case ValueKind.Object: return value.Json;
            case ValueKind.List when value.Items is null: return value.Json;
            case ValueKind.Float when !double.IsFinite(value.Real): throw state.NoValue("the number is too large");
        }
        var json = new StringBuilder();
        Append(json, value, state);
        using var document = JsonDocument.Parse(json.ToString(), new JsonDocumentOptions { MaxDepth = Deepest + 2 });
        return document.RootElement.Clone();
    }

    private static void AppendList(StringBuilder to, in TemplateValue list, RenderState state, int depth)
    {
        to.Append('[');
        var first = true;
        foreach (var item in Lists.Of(list, state))
        {
            if (!first) to.Append(',');
            first = false;
            AppendPart(to, item, state, depth);
        }
        to.Append(']');
    }

    private static void AppendObject(StringBuilder to, JsonElement json, RenderState state, int depth)
    {
        to.Append('{');
        var first = true;
        foreach (var field in json.EnumerateObject())
        {
            if (!first) to.Append(',');
            first = false;
            AppendString(to, NameOf(field), state);
            to.Append(':');
            if (field.Value.ValueKind == JsonValueKind.Number) to.Append(field.Value.GetRawText());
            else AppendPart(to, TemplateValue.From(field.Value), state, depth);
        }
        to.Append('}');
    }

    private static void AppendPart(StringBuilder to, in TemplateValue value, RenderState state, int depth)
    {
        state.Made(2);
        Append(to, value, state, depth + 1);
    }

    private static void AppendString(StringBuilder to, string text, RenderState state)
    {
        state.Made(text.Length + 2);
        to.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': to.Append("\\\""); break;
                case '\\': to.Append("\\\\"); break;
                case '\n': to.Append("\\n"); break;
                case '\r': to.Append("\\r"); break;
                case '\t': to.Append("\\t"); break;
                case < ' ': to.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)); break;
                default: to.Append(c); break;
            }
        }
        to.Append('"');
    }

    private static int EndOfString(string raw)
    {
        for (var i = 1; i < raw.Length; i++)
        {
            if (raw[i] == '\\') i++;
            else if (raw[i] == '"') return i;
        }
        return raw.Length;
    }

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\') { text.Append(raw[i]); continue; }
            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)int.Parse(raw.Slice(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else text.Append(raw[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var c => c });
        }
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) text[i] = '\uFFFD';
        }
        return text.ToString();
    }
}
