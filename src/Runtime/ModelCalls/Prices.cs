using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.ModelCalls.Providers;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>What models cost: configured prices first, then a list of common ones. A model in neither has no known price.</summary>
public sealed class Prices(IOptions<ModelOptions> options)
{
    // Public list prices per million tokens (input, cached input, output); configuration overrides them.
    private static readonly Dictionary<string, PriceOptions> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gpt-5"] = Of(1.25m, 0.125m, 10m),
        ["gpt-5-mini"] = Of(0.25m, 0.025m, 2m),
        ["gpt-5-nano"] = Of(0.05m, 0.005m, 0.40m),
        ["gpt-4.1"] = Of(2m, 0.50m, 8m),
        ["gpt-4.1-mini"] = Of(0.40m, 0.10m, 1.60m),
        ["gpt-4.1-nano"] = Of(0.10m, 0.025m, 0.40m),
        ["gpt-4o"] = Of(2.50m, 1.25m, 10m),
        ["gpt-4o-mini"] = Of(0.15m, 0.075m, 0.60m),
        ["o3"] = Of(2m, 0.50m, 8m),
        ["o4-mini"] = Of(1.10m, 0.275m, 4.40m),
        ["practice"] = Of(0, 0, 0),
    };

    private readonly ModelOptions _options = options.Value;

    /// <summary>The currency of all costs.</summary>
    public string Currency => _options.Currency;

    /// <summary>The price of <c>connection/model</c>, or of the model alone; null where none is known.</summary>
    public PriceOptions? Of(string connectionAndModel)
    {
        var model = connectionAndModel[(connectionAndModel.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return _options.Prices.GetValueOrDefault(connectionAndModel) ?? _options.Prices.GetValueOrDefault(model) ?? Common.GetValueOrDefault(model);
    }

    /// <summary>What usage costs; null where no price is known.</summary>
    public static decimal? CostOf(PriceOptions? price, TokenUsage usage)
    {
        if (price is null) return null;
        // Some providers count parts that are larger than their whole.
        var cached = Math.Clamp(usage.Cached, 0, usage.Input);
        var reasoning = Math.Clamp(usage.Reasoning, 0, usage.Output);
        return ((usage.Input - cached) * price.Input + cached * (price.CachedInput ?? price.Input) + (usage.Output - reasoning) * price.Output + reasoning * (price.Reasoning ?? price.Output)) / 1_000_000m;
    }

    private static PriceOptions Of(decimal input, decimal cached, decimal output) => new() { Input = input, CachedInput = cached, Output = output };
}
