using System.Buffers.Text;
using System.Text;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Shell;

/// <summary>Where a list goes on, and how much of it is wanted.</summary>
/// <param name="After">The last item's place on the page before; null: from the start.</param>
/// <param name="Limit">How many, 1 to 200.</param>
public sealed record Paging(string? After, int Limit)
{
    private const int Usual = 50;
    private const int Most = 200;

    /// <summary>Reads <c>?after=</c> and <c>?limit=</c>. A list's name keeps cursors of other lists out.</summary>
    public static Answer<Paging> Of(HttpContext http, string list)
    {
        var limit = Usual;
        if (http.Request.Query.TryGetValue("limit", out var wanted))
        {
            if (!long.TryParse(wanted, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) || number < 1)
                return new Refusal("bad_query", "limit must be a whole number from 1 to 200.", [new FieldError("limit", "must be from 1 to 200")]);
            limit = (int)Math.Min(number, Most);
        }
        if (!http.Request.Query.TryGetValue("after", out var after) || after.Count == 0) return new Paging(null, limit);
        return Decode(after.ToString(), list) is { } place
            ? new Paging(place, limit)
            : BadCursor;
    }

    /// <summary>Refuses what is no cursor of the list.</summary>
    public static Refusal BadCursor => new("bad_cursor", "after is no cursor of this list. Take it from 'next' of the page before, or leave it out.");

    /// <summary>The cursor after an item.</summary>
    public static string Cursor(string list, string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}:{place}"));

    /// <summary>A page's body; <paramref name="items"/> may hold one more than the limit, which says that there is another page.</summary>
    public object Page<T>(IReadOnlyList<T> items, string list, Func<T, string> place, Func<T, object> show)
    {
        var shown = items.Take(Limit).ToList();
        return new { items = shown.Select(show).ToList(), next = items.Count > Limit ? Cursor(list, place(shown[^1])) : null };
    }

    private static string? Decode(string cursor, string list)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            return text.StartsWith(list + ":", StringComparison.Ordinal) ? text[(list.Length + 1)..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
