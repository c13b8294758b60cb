namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>A merge sort: it keeps equal items in their order, and lets an error of the comparison through as it is, which .NET's own sorts wrap.</summary>
internal static class StableSort
{
    public static void Sort<T>(T[] items, Comparison<T> compare)
    {
        var (from, to) = (items, new T[items.Length]);
        for (var width = 1; width < items.Length; width *= 2)
        {
            for (var left = 0; left < items.Length; left += 2 * width)
                Merge(from, to, left, Math.Min(left + width, items.Length), Math.Min(left + 2 * width, items.Length), compare);
            (from, to) = (to, from);
        }
        if (!ReferenceEquals(from, items)) from.CopyTo(items, 0);
    }

    private static void Merge<T>(T[] from, T[] to, int left, int middle, int right, Comparison<T> compare)
    {
        var (a, b) = (left, middle);
        for (var i = left; i < right; i++)
            to[i] = b >= right || (a < middle && compare(from[a], from[b]) <= 0) ? from[a++] : from[b++];
    }
}
