namespace PromptDesigner.Runtime.Templates;

/// <summary>The name that a misspelt one most likely meant.</summary>
internal static class NearestName
{
    /// <summary>The nearest of <paramref name="names"/>; null where none is near enough to be worth a question.</summary>
    public static string? Of(string wrong, IEnumerable<string> names)
    {
        var most = Math.Min(3, Math.Max(1, wrong.Length / 3));
        string? nearest = null;
        foreach (var name in names)
        {
            if (name == wrong || Math.Abs(name.Length - wrong.Length) > most) continue;
            var distance = Distance(wrong, name);
            if (distance > most) continue;
            most = distance - 1;
            nearest = name;
        }
        return nearest;
    }

    /// <summary>Changes between two words, a swap of neighbours counted as one.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64) return int.MaxValue;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
