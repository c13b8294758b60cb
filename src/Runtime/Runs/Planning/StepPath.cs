using System.Globalization;
using System.Text;

namespace PromptDesigner.Runtime.Runs.Planning;

/// <summary>
/// Paths of steps in their two forms. People and programs write <c>reviews[12]/classify@2</c>. Rows keep a form that sorts as the graph
/// runs: each segment begins with the node's rank in its scope, and numbers carry their count of digits
/// (<c>0001.reviews[b12]/0003.classify~a2</c>), so one range of the key is one page of a container. A later round stands behind <c>~</c>,
/// which follows <c>[</c>: a container's second round comes after the iterations of its first.
/// </summary>
public static class StepPath
{
    private const char RoundMark = '~';

    /// <summary>A segment in sorting form; round 1 is not written.</summary>
    public static string Segment(int rank, string node, int round) =>
        round == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{rank:D4}.{node}")
            : string.Create(CultureInfo.InvariantCulture, $"{rank:D4}.{node}{RoundMark}{Number(round)}");

    /// <summary>What all steps of an iteration begin with.</summary>
    public static string Inside(string container, int iteration) => $"{container}[{Number(iteration)}]/";

    /// <summary>What all steps inside a container begin with.</summary>
    public static string AllInside(string container) => container + "[";

    /// <summary>The form that people read.</summary>
    public static string ToReadable(string sortPath)
    {
        var text = new StringBuilder(sortPath.Length);
        for (var i = 0; i < sortPath.Length; i++)
        {
            if (i == 0 || sortPath[i - 1] == '/') i += 5; // the rank and its dot
            text.Append(sortPath[i] == RoundMark ? '@' : sortPath[i]);
            if (sortPath[i] is RoundMark or '[') i++; // the count of digits
        }
        return text.ToString();
    }

    /// <summary>The readable form without rounds.</summary>
    public static string WithoutRounds(string readable)
    {
        if (!readable.Contains('@', StringComparison.Ordinal)) return readable;
        var text = new StringBuilder(readable.Length);
        var skipping = false;
        foreach (var c in readable)
        {
            skipping = c == '@' || (skipping && char.IsAsciiDigit(c));
            if (!skipping) text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>The sorting form of a readable path in a plan; null where the plan has no such step.</summary>
    public static string? ToSort(string readable, RunPlan plan)
    {
        var scope = plan.Root;
        var sort = new StringBuilder();
        var parts = readable.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParse(parts[i], out var node, out var round, out var iteration)) return null;
            if (scope?.Find(node) is not { } planned) return null;
            sort.Append(Segment(planned.Rank, node, round));
            var last = i == parts.Length - 1;
            if (last != iteration is null) return null;
            if (iteration is { } number)
            {
                sort.Append('[').Append(Number(number)).Append("]/");
                scope = planned.Inside;
            }
        }
        return sort.ToString();
    }

    /// <summary>Splits one segment: <c>each@2[3]</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> segment, out string node, out int round, out int? iteration)
    {
        round = 1;
        iteration = null;
        node = "";
        var open = segment.IndexOf('[');
        if (open >= 0)
        {
            if (segment[^1] != ']' || !TryNumber(segment[(open + 1)..^1], out var number)) return false;
            iteration = number;
            segment = segment[..open];
        }
        var at = segment.IndexOf('@');
        if (at >= 0)
        {
            if (!TryNumber(segment[(at + 1)..], out round) || round < 2) return false;
            segment = segment[..at];
        }
        node = segment.ToString();
        return node.Length > 0;
    }

    /// <summary>Splits the last segment of a sorting path into its node and round.</summary>
    public static (string Node, int Round) LastOf(string sortPath)
    {
        var segment = sortPath.AsSpan(sortPath.LastIndexOf('/') + 1)[5..];
        var at = segment.IndexOf(RoundMark);
        return at < 0 ? (segment.ToString(), 1) : (segment[..at].ToString(), int.Parse(segment[(at + 2)..], CultureInfo.InvariantCulture));
    }

    /// <summary>A sorting path without the round of its last segment; what all later rounds begin with is this and <c>~</c>.</summary>
    public static string FirstRoundOf(string sortPath)
    {
        var at = sortPath.LastIndexOf(RoundMark);
        return at > sortPath.LastIndexOf('/') ? sortPath[..at] : sortPath;
    }

    /// <summary>What the scope of a step begins with: empty at the root.</summary>
    public static string ScopeOf(string sortPath) => sortPath[..(sortPath.LastIndexOf('/') + 1)];

    private static string Number(int number)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        return (char)('a' + digits.Length - 1) + digits;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text.Length == 1 || text[0] != '0');
}
