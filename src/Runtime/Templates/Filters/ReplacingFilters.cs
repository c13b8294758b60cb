using System.Text;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters that replace or remove one text in another, letter by letter and never as a pattern.</summary>
internal static class ReplacingFilters
{
    public static Filter[] All { get; } =
    [
        new("replace", 1, 2, (i, a, s) => Replace(i, a, s, Everywhere)),
        new("replace_first", 1, 2, (i, a, s) => Replace(i, a, s, First)),
        new("replace_last", 2, 2, (i, a, s) => Replace(i, a, s, Last)),
        new("remove", 1, 1, (i, a, s) => Replace(i, a, s, Everywhere)),
        new("remove_first", 1, 1, (i, a, s) => Replace(i, a, s, First)),
        new("remove_last", 1, 1, (i, a, s) => Replace(i, a, s, Last)),
    ];

    private static TemplateValue Replace(TemplateValue input, FilterArguments arguments, RenderState state, Func<string, string, string, RenderState, string> how) =>
        TemplateValue.Of(how(ValueText.Of(input, state), ValueText.Of(arguments[0], state), ValueText.Of(arguments[1], state), state));

    private static string Everywhere(string text, string old, string @new, RenderState state)
    {
        if (old.Length == 0) return Between(text, @new, state);
        var count = 0L;
        for (var i = text.IndexOf(old, StringComparison.Ordinal); i >= 0; i = text.IndexOf(old, i + old.Length, StringComparison.Ordinal)) count++;
        if (count == 0) return text;
        state.Made(text.Length + count * (@new.Length - old.Length));
        return text.Replace(old, @new, StringComparison.Ordinal);
    }

    /// <summary>Replacing nothing puts the new text before every character and at the end, as in Ruby.</summary>
    private static string Between(string text, string @new, RenderState state)
    {
        if (@new.Length == 0) return text;
        state.Made(text.Length + (text.Length + 1L) * @new.Length);
        var made = new StringBuilder(@new);
        for (var i = 0; i < text.Length;)
        {
            var length = Characters.LengthAt(text, i);
            made.Append(text, i, length).Append(@new);
            i += length;
        }
        return made.ToString();
    }

    private static string First(string text, string old, string @new, RenderState state) =>
        At(text, text.IndexOf(old, StringComparison.Ordinal), old, @new, state);

    private static string Last(string text, string old, string @new, RenderState state) =>
        At(text, old.Length == 0 ? text.Length : text.LastIndexOf(old, StringComparison.Ordinal), old, @new, state);

    private static string At(string text, int index, string old, string @new, RenderState state)
    {
        if (index < 0) return text;
        state.Made((long)text.Length + @new.Length);
        return string.Concat(text.AsSpan(0, index), @new, text.AsSpan(index + old.Length));
    }
}
