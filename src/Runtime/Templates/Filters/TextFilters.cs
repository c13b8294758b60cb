using System.Text;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters that make one text of another of about the same length, and encodings.</summary>
internal static class TextFilters
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static Filter[] All { get; } =
    [
        OfText("upcase", (s, _) => s.ToUpperInvariant()),
        OfText("downcase", (s, _) => s.ToLowerInvariant()),
        OfText("capitalize", (s, _) => Capitalize(s)),
        OfText("strip", (s, _) => s.Trim()),
        OfText("lstrip", (s, _) => s.TrimStart()),
        OfText("rstrip", (s, _) => s.TrimEnd()),
        OfText("strip_newlines", (s, _) => s.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)),
        OfText("url_encode", (s, _) => Uri.EscapeDataString(s).Replace("%20", "+", StringComparison.Ordinal).Replace("~", "%7E", StringComparison.Ordinal), growth: 9),
        OfText("url_decode", UrlDecode),
        OfText("base64_encode", (s, _) => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)), growth: 4),
        OfText("base64_decode", Base64Decode),
        OfText("base64_url_safe_encode", (s, _) => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)).Replace('+', '-').Replace('/', '_'), growth: 4),
        OfText("base64_url_safe_decode", (s, state) => Base64Decode(s.Replace('-', '+').Replace('_', '/'), state)),
        new("append", 1, 1, (input, arguments, state) => Join(ValueText.Of(input, state), ValueText.Of(arguments[0], state), state)),
        new("prepend", 1, 1, (input, arguments, state) => Join(ValueText.Of(arguments[0], state), ValueText.Of(input, state), state)),
    ];

    /// <summary>A filter without arguments from text to text. Its result is at most <paramref name="growth"/> times as long, which is counted before it is made.</summary>
    public static Filter OfText(string name, Func<string, RenderState, string> make, int growth = 1) => new(name, 0, 0, (input, _, state) =>
    {
        var text = ValueText.Of(input, state);
        state.Made((long)text.Length * growth);
        return TemplateValue.Of(make(text, state));
    });

    private static TemplateValue Join(string first, string second, RenderState state)
    {
        state.Made((long)first.Length + second.Length);
        return TemplateValue.Of(first + second);
    }

    private static string Capitalize(string text)
    {
        if (text.Length == 0) return text;
        var first = Characters.LengthAt(text, 0);
        return text[..first].ToUpperInvariant() + text[first..].ToLowerInvariant();
    }

    private static string UrlDecode(string text, RenderState state) => Decode(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(text.Replace('+', ' '))), state);

    private static string Base64Decode(string text, RenderState state)
    {
        var padded = text.TrimEnd('=');
        padded += new string('=', (4 - padded.Length % 4) % 4);
        var bytes = new byte[padded.Length];
        if (text.Length == 0 || !Convert.TryFromBase64String(padded, bytes, out var length)) throw state.NoValue("the text is no Base64");
        return Decode(bytes.AsSpan(0, length), state);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, RenderState state)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw state.NoValue("what was encoded is no text in UTF-8");
        }
    }
}
