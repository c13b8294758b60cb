namespace PromptDesigner.Support;

/// <summary>What the scripted model does with one request.</summary>
public sealed record ScriptedReply
{
    /// <summary>HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The answer's text; null: derived from the request.</summary>
    public string? Text { get; init; }

    /// <summary>OpenAI's finish reason; null: left out.</summary>
    public string? FinishReason { get; init; } = "stop";

    /// <summary>A whole body instead of an OpenAI answer.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The body's type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Further header lines, such as <c>Retry-After: 2</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Time before the answer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Holds the answer until this is done.</summary>
    public Task? Until { get; init; }

    /// <summary>Tokens that the answer names; null: left out.</summary>
    public (int Input, int Output)? Usage { get; init; } = (12, 8);

    /// <summary>Closes the connection with a reset before anything is sent.</summary>
    public bool Reset { get; init; }

    /// <summary>Closes the connection after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Leaves the length of the body out, so that its end is the connection's end.</summary>
    public bool NoLength { get; init; }

    /// <summary>Says no more after so many bytes, head included, and keeps the connection.</summary>
    public int? SilentAfter { get; init; }

    /// <summary>Time before each byte of the answer.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>Never answers.</summary>
    public bool Hang { get; init; }
}

/// <summary>A request that the scripted model received.</summary>
/// <param name="Number">From 1.</param>
/// <param name="CallKey">The header <c>X-Call-Key</c>.</param>
/// <param name="Model">The model that was asked for.</param>
/// <param name="Body">The request's body.</param>
/// <param name="ReceivedAt">When it was whole.</param>
public sealed record ScriptedRequest(int Number, string CallKey, string Model, string Body, DateTimeOffset ReceivedAt)
{
    /// <summary>When the answer was sent whole; null: it was not.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>The header <c>Authorization</c>.</summary>
    public string Authorization { get; init; } = "";

    /// <summary>The run in the call key.</summary>
    public string Run => CallKey.Split('/', 2)[0];

    /// <summary>The step in the call key, without owner and number.</summary>
    public string Step => CallKey[(CallKey.IndexOf('/') + 1)..CallKey.LastIndexOf('/')];
}
