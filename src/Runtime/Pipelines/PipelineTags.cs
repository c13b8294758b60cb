namespace PromptDesigner.Runtime.Pipelines;

/// <summary>Words that pipelines are found by: small letters, so that one word is one tag however it is typed.</summary>
public static class PipelineTags
{
    /// <summary>Most tags of a pipeline.</summary>
    public const int Most = 10;

    /// <summary>Most characters of a tag.</summary>
    public const int Longest = 40;

    /// <summary>A tag as it is stored: in small letters, one space between words.</summary>
    public static string Normal(string tag) => string.Join(' ', tag.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    /// <summary>Tags as they are stored, each once; refused where one is empty, too long or no word, or where there are too many.</summary>
    internal static Answer<List<string>> Read(IReadOnlyList<string> given)
    {
        var tags = new List<string>();
        for (var i = 0; i < given.Count; i++)
        {
            var tag = Normal(given[i]);
            if (Wrong(tag) is { } wrong) return new Refusal("request_invalid", $"A tag {wrong}.", [new FieldError($"/tags/{i}", wrong)]);
            if (!tags.Contains(tag, StringComparer.Ordinal)) tags.Add(tag);
        }
        if (tags.Count > Most) return new Refusal("request_invalid", $"A pipeline has {Most} tags at most; these are {tags.Count}. Leave some out.", [new FieldError("/tags", $"may have {Most} at most")]);
        return tags;
    }

    private static string? Wrong(string tag) => tag.Length == 0 ? "must not be empty"
        : tag.Length > Longest ? $"may have {Longest} characters at most"
        : tag.Contains(',', StringComparison.Ordinal) ? "must not hold a comma: it stands between tags"
        : Graphs.Names.Invisible(tag) is { } rune ? $"must not hold an invisible character (U+{rune.Value:X4})" : null;
}
