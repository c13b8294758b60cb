using System.Text.RegularExpressions;
using PromptDesigner.Data.Connections;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.ModelCalls.Providers;

namespace PromptDesigner.Runtime.Connections;

/// <summary>A connection as a person fills it in.</summary>
public sealed partial record ConnectionDraft
{
    private const int MostModels = 200;

    /// <summary>The first part of <c>connection/model</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>openai</c> (any OpenAI-compatible address) or <c>practice</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The address up to <c>/v1</c>; null: OpenAI's own.</summary>
    public string? Endpoint { get; init; }

    /// <summary>A new key. Null: the stored one stays; empty: none is sent any more.</summary>
    public string? Key { get; init; }

    /// <summary>Models that it offers; none: any name is passed on.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Prices by model, per million tokens; before those of the configuration.</summary>
    public IReadOnlyDictionary<string, PriceOptions> Prices { get; init; } = new Dictionary<string, PriceOptions>();

    /// <summary>Practice only: <c>slow=ms</c>, <c>fail=share</c>, <c>invalidJson=share</c>.</summary>
    public string? Rehearse { get; init; }

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="stored">The connection that it changes; null: a new one.</param>
    internal List<FieldError> Wrong(Connection? stored)
    {
        var wrong = new List<FieldError>();
        if (!NamePattern().IsMatch(Name) || Name.Equals("default", StringComparison.OrdinalIgnoreCase))
            wrong.Add(new FieldError("/name", "must be 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first, and not 'default'"));
        if (Models.Count > MostModels || Models.Any(x => string.IsNullOrWhiteSpace(x) || x.Length > 200)) wrong.Add(new FieldError("/models", $"may list {MostModels} models of 200 characters at most, none empty"));
        foreach (var (model, price) in Prices)
            if (price.Input < 0 || price.Output < 0 || price.CachedInput < 0 || price.Reasoning < 0 || new[] { price.Input, price.Output, price.CachedInput ?? 0, price.Reasoning ?? 0 }.Max() > 1_000_000)
                wrong.Add(new FieldError("/prices/" + model, "must be money per million tokens, from 0 to 1,000,000"));
        if (Kind == "practice") WrongPractice(wrong);
        else if (Kind == "openai") WrongOpenAi(stored, wrong);
        else wrong.Add(new FieldError("/kind", "must be openai or practice"));
        return wrong;
    }

    /// <summary>The stored key stays in use.</summary>
    internal bool KeepsKey(Connection? stored) => Kind == "openai" && Key is null && stored?.ProtectedKey is not null;

    private void WrongPractice(List<FieldError> wrong)
    {
        if (Endpoint is not null) wrong.Add(new FieldError("/endpoint", "is for connections of kind openai; the practice model needs none"));
        if (!string.IsNullOrEmpty(Key)) wrong.Add(new FieldError("/key", "is for connections of kind openai; the practice model needs none"));
        if (!Rehearsal.TryParse(Rehearse, out _)) wrong.Add(new FieldError("/rehearse", "may hold slow=ms, fail=share, invalidJson=share (shares from 0 to 1), separated by commas"));
    }

    private void WrongOpenAi(Connection? stored, List<FieldError> wrong)
    {
        if (Rehearse is not null) wrong.Add(new FieldError("/rehearse", "is for connections of kind practice"));
        if (Endpoint is not null && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length + address.Query.Length + address.Fragment.Length == 0 && Endpoint.Length <= 500))
            wrong.Add(new FieldError("/endpoint", "must be an http or https address up to the version, such as http://127.0.0.1:8000/v1"));
        else if (KeepsKey(stored) && HostOf(Endpoint) != HostOf(stored!.Endpoint))
            wrong.Add(new FieldError("/key", $"must be entered again: the stored one was given for {HostOf(stored.Endpoint)} and is sent nowhere else"));
        if (Key is { Length: > 0 } key && (key.Length > 2_000 || key.Any(x => x is < '!' or > '~'))) wrong.Add(new FieldError("/key", "may have 2,000 printable characters without spaces at most"));
        if (Endpoint is null && string.IsNullOrEmpty(Key) && !KeepsKey(stored)) wrong.Add(new FieldError("/key", "is missing; OpenAI's own address needs one"));
    }

    private static string HostOf(string? endpoint) => endpoint is null ? "https://api.openai.com" : new Uri(endpoint).GetLeftPart(UriPartial.Authority);

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
