using System.Globalization;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>JSON pointers (RFC 6901) into a pipeline document.</summary>
public static class Pointer
{
    /// <summary>A pointer from its parts, property names and list indexes; names are escaped.</summary>
    public static string Of(params ReadOnlySpan<object> parts)
    {
        var text = new System.Text.StringBuilder();
        foreach (var part in parts) text.Append('/').Append(Escape(Convert.ToString(part, CultureInfo.InvariantCulture)!));
        return text.ToString();
    }

    /// <summary>A property name as a pointer writes it.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The parts of a pointer, unescaped.</summary>
    public static string[] Parts(string pointer) => pointer.Length == 0
        ? []
        : [.. pointer[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
}
