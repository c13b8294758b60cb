namespace PromptDesigner.Designer.Shared;

/// <summary>Patterns of SQL's <c>LIKE</c> with a backslash as their escape.</summary>
public static class Like
{
    /// <summary>The escape to name beside the pattern.</summary>
    public const string Escape = "\\";

    /// <summary>The pattern of texts that hold this one, whatever signs are in it.</summary>
    public static string Holding(string text) =>
        "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
