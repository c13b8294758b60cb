namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>Section <c>Models</c>: where models are reached, which is the default, what they cost.</summary>
public sealed class ModelOptions
{
    /// <summary>Connections by name. None: <c>practice</c> alone.</summary>
    public Dictionary<string, ConnectionOptions> Connections { get; set; } = new(StringComparer.Ordinal);

    /// <summary>What <c>"model": "default"</c> means: <c>connection/model</c>.</summary>
    public string Default { get; set; } = "practice/practice";

    /// <summary>Prices by model, before those that are built in.</summary>
    public Dictionary<string, PriceOptions> Prices { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The currency of all prices and costs.</summary>
    public string Currency { get; set; } = "USD";
}

/// <summary>One connection to a provider.</summary>
public sealed class ConnectionOptions
{
    /// <summary><c>practice</c> or <c>openai</c> (any OpenAI-compatible address).</summary>
    public string Kind { get; set; } = "";

    /// <summary>The address up to <c>/v1</c>; null: OpenAI's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Sent as a bearer token; a local server may want none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Models that it offers; none listed: any name is passed on.</summary>
    public List<string> Models { get; set; } = [];

    /// <summary>Practice only: <c>slow=ms</c>, <c>fail=share</c>, <c>invalidJson=share</c>, separated by commas.</summary>
    public string? Rehearse { get; set; }
}

/// <summary>Prices of one model, per million tokens.</summary>
public sealed class PriceOptions
{
    /// <summary>Tokens sent.</summary>
    public decimal Input { get; set; }

    /// <summary>Tokens sent that the provider had cached; null: as <see cref="Input"/>.</summary>
    public decimal? CachedInput { get; set; }

    /// <summary>Tokens answered.</summary>
    public decimal Output { get; set; }

    /// <summary>Tokens of reasoning; null: as <see cref="Output"/>.</summary>
    public decimal? Reasoning { get; set; }
}

/// <summary>Section <c>Limits</c>: what may be spent, and how fast it may be asked. 0 means no limit.</summary>
public sealed class LimitOptions
{
    /// <summary>Money for one run.</summary>
    public decimal RunCost { get; set; } = 5.00m;

    /// <summary>Money for a workspace in a day (UTC).</summary>
    public decimal DayCost { get; set; } = 50.00m;

    /// <summary>Tokens for one run.</summary>
    public long RunTokens { get; set; } = 2_000_000;

    /// <summary>Requests of one API key in a minute.</summary>
    public int RequestsPerMinute { get; set; } = 60_000;
}
