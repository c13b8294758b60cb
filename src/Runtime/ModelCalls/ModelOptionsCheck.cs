using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.ModelCalls.Providers;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>Stops the start at a wrong value, with one line that names the key, the problem and what is allowed.</summary>
public sealed class ModelOptionsCheck : IValidateOptions<ModelOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ModelOptions options)
    {
        var wrong = new List<string>();
        foreach (var (connection, settings) in options.Connections) Check(connection, settings, wrong);
        var parts = options.Default.Split('/', 2);
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            wrong.Add($"Models:Default is '{options.Default}'; write it as connection/model.");
        else if (options.Connections.Count > 0 ? !options.Connections.ContainsKey(parts[0]) : parts[0] != "practice")
            wrong.Add($"Models:Default names the connection '{parts[0]}', which is not under Models:Connections ({string.Join(", ", options.Connections.Keys.DefaultIfEmpty("practice"))}).");
        foreach (var (model, price) in options.Prices)
            if (price.Input < 0 || price.Output < 0 || price.CachedInput < 0 || price.Reasoning < 0) wrong.Add($"Models:Prices:{model} is negative; prices are money per million tokens, 0 or more.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void Check(string name, ConnectionOptions settings, List<string> wrong)
    {
        var key = $"Models:Connections:{name}";
        if (name.Contains('/', StringComparison.Ordinal)) wrong.Add($"{key} has a slash in its name; models are written connection/model.");
        switch (settings.Kind)
        {
            case "openai":
                if (settings.Endpoint is not null && !(Uri.TryCreate(settings.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                    wrong.Add($"{key}:Endpoint is no http or https address; write it up to the version, such as http://127.0.0.1:8000/v1.");
                if (settings.Endpoint is null && string.IsNullOrWhiteSpace(settings.ApiKey)) wrong.Add($"{key}:ApiKey is missing; OpenAI's own address needs a key.");
                if (settings.Rehearse is not null) wrong.Add($"{key}:Rehearse is for connections of kind practice.");
                break;
            case "practice":
                if (!Rehearsal.TryParse(settings.Rehearse, out _)) wrong.Add($"{key}:Rehearse is '{settings.Rehearse}'; allowed are slow=ms, fail=share, invalidJson=share (shares from 0 to 1), separated by commas.");
                break;
            case "azureOpenAI" or "anthropic" or "ollama":
                wrong.Add($"{key}:Kind {settings.Kind} is not available in this version; allowed are openai (any OpenAI-compatible address) and practice.");
                break;
            default:
                wrong.Add($"{key}:Kind is '{settings.Kind}'; allowed are openai and practice.");
                break;
        }
    }
}

/// <summary>Stops the start at a wrong limit.</summary>
public sealed class LimitOptionsCheck : IValidateOptions<LimitOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, LimitOptions options)
    {
        var wrong = new List<string>();
        if (options.RunCost < 0) wrong.Add("Limits:RunCost is negative; write money, or 0 for no cap.");
        if (options.DayCost < 0) wrong.Add("Limits:DayCost is negative; write money, or 0 for no cap.");
        if (options.RunTokens < 0) wrong.Add("Limits:RunTokens is negative; write a number of tokens, or 0 for no cap.");
        if (options.RequestsPerMinute < 0) wrong.Add("Limits:RequestsPerMinute is negative; write a number, or 0 for no limit.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
