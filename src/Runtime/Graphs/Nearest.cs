namespace PromptDesigner.Runtime.Graphs;

/// <summary>Finds the name that a person probably meant.</summary>
public static class Nearest
{
    /// <summary>The candidate closest to <paramref name="name"/>; null where none is so close that it is worth proposing.</summary>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > 64) return null;
        string? best = null;
        // Capitals alone in a name of one or two letters, one slip in a short name, two from five letters on, a third of a long one.
        var least = name.Length switch { < 3 => 1, < 5 => 2, _ => Math.Max(3, name.Length / 3 + 1) };
        foreach (var candidate in candidates)
        {
            if (candidate == name || Math.Abs(candidate.Length - name.Length) >= least) continue;
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < least) (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Says the proposal, or nothing: <c>; did you mean 'x'?</c>.</summary>
    public static string Ask(string? nearest) => nearest is null ? "." : $"; did you mean '{nearest}'?";

    // Edits with neighbours swapped counted as one (Damerau, restricted).
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[left.Length, right.Length];
    }
}
