using System.Text.Json;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Runtime.Connections;

/// <summary>A connection's prices as its row keeps them.</summary>
public static class ConnectionPrices
{
    /// <summary>By model, per million tokens.</summary>
    public static IReadOnlyDictionary<string, PriceOptions> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, PriceOptions>>(json, JsonSerializerOptions.Web) ?? [];

    internal static string Write(IReadOnlyDictionary<string, PriceOptions> prices) => JsonSerializer.Serialize(prices, JsonSerializerOptions.Web);
}
