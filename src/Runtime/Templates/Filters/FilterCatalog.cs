using System.Collections.Frozen;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Every filter there is.</summary>
internal static class FilterCatalog
{
    private static readonly FrozenDictionary<string, Filter> Known =
        new[] { GeneralFilters.All, TextFilters.All, CuttingFilters.All, ReplacingFilters.All, MarkupFilters.All, NumberFilters.All, ListFilters.All, ChoosingFilters.All }
            .SelectMany(filters => filters).ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    public static Filter? Find(string name) => Known.GetValueOrDefault(name);
}
