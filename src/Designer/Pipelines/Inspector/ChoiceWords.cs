namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>The choices of settings in plain words; files keep their own.</summary>
public static class ChoiceWords
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["onError/fail"] = "the run fails", ["onError/continue"] = "go on with a fallback value", ["onError/route"] = "leave by the port “error”",
        ["onItemError/fail"] = "this step fails", ["onItemError/skip"] = "the item is left out", ["onItemError/collect"] = "its error stands in its place",
        ["type/schema"] = "it fits a JSON schema", ["type/contains"] = "it contains a text", ["type/notContains"] = "it does not contain a text", ["type/minLength"] = "it is at least so long",
        ["type/maxLength"] = "it is at most so long", ["type/pattern"] = "it matches a pattern", ["type/boolean"] = "yes or no", ["type/json"] = "any JSON",
        ["format/json"] = "JSON, in fields", ["backoff/constant"] = "the same each time", ["backoff/exponential"] = "doubled each time",
        ["on/timeout"] = "it took too long", ["on/rateLimit"] = "too many requests", ["on/server"] = "an error of the provider", ["on/invalidOutput"] = "an answer that does not fit",
        ["onOverdue/remind"] = "remind the reviewers", ["onOverdue/escalate"] = "ask others too", ["onOverdue/approve"] = "approve by itself", ["onOverdue/reject"] = "reject by itself",
        ["preview/html"] = "HTML", ["preview/json"] = "JSON",
    };

    /// <summary>A choice in words; one that nobody put in words, as files write it.</summary>
    /// <param name="setting">The setting's name.</param>
    /// <param name="choice">The choice as files write it.</param>
    public static string Of(string setting, string choice) => Known.GetValueOrDefault($"{setting}/{choice}", choice);
}
