using System.Text.Json;

namespace PromptDesigner.Runtime.Templates;

/// <summary>What a template, a path or a condition may read: one JSON value for each name (node ids, <c>item</c>, <c>run</c>, …).</summary>
public interface IValues
{
    /// <summary>True with the value of <paramref name="name"/>; false where there is none (a skipped node, a name nobody gave).</summary>
    bool TryGet(string name, out JsonElement value);
}

/// <summary>Values from a plain dictionary, for one-off rendering, previews and tests.</summary>
public sealed class Values(IReadOnlyDictionary<string, JsonElement> values) : IValues
{
    /// <inheritdoc />
    public bool TryGet(string name, out JsonElement value) => values.TryGetValue(name, out value);
}
