using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>What nodes may be called, and how messages call them.</summary>
public static partial class Names
{
    /// <summary>Most characters of a pipeline's or a node's name.</summary>
    public const int Most = 200;

    /// <summary>Ids that templates need for themselves.</summary>
    public static IReadOnlySet<string> Reserved { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "run", "item", "index", "attempt", "feedback", "previous", "forloop", "true", "false", "nil", "null", "empty", "blank", "and", "or", "contains", "in",
    };

    /// <summary>How a message calls the node: by its name in quotes, or by its id.</summary>
    public static string Of(GraphNode node) => $"'{node.Name ?? node.Id}'";

    /// <summary>What people read: the name; where nobody gave one the id, as messages call it, unless that is its kind once more (<c>prompt_2</c>).</summary>
    public static string Title(GraphNode node, string kindTitle) =>
        !string.IsNullOrEmpty(node.Name) ? node.Name : node.Id.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd('_').Equals(node.Kind, StringComparison.OrdinalIgnoreCase) ? kindTitle : node.Id;

    /// <summary>True for <c>[a-z][a-z0-9_]{0,63}</c>.</summary>
    public static bool IsId(string id) => Id().IsMatch(id);

    /// <summary>True for names of inputs, fields and outputs: letters, digits and <c>_</c>, a letter first.</summary>
    public static bool IsField(string name) => Field().IsMatch(name);

    /// <summary>The first character of <paramref name="name"/> that nobody can see; joiners inside emoji and scripts that need them are fine.</summary>
    public static Rune? Invisible(string name)
    {
        var before = default(Rune);
        foreach (var rune in name.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var joiner = rune.Value is 0x200C or 0x200D;
            // The flags of England, Scotland and Wales are spelt with tags after a black flag; anywhere else tags hide text.
            var flag = rune.Value is >= 0xE0020 and <= 0xE007F && before.Value is (0x1F3F4 or (>= 0xE0020 and <= 0xE007F));
            if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || category == UnicodeCategory.Format && !joiner && !flag) return rune;
            before = rune;
        }
        return null;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,63}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_]{0,63}\z")]
    private static partial Regex Field();
}
