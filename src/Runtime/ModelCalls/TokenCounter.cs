using Microsoft.ML.Tokenizers;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>Counts tokens where a provider did not say; exact for OpenAI's newer models, an estimate for others.</summary>
public static class TokenCounter
{
    // Loading takes about 0.2 s and some memory, and most processes never need it.
    private static readonly Lazy<TiktokenTokenizer> Tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>Tokens of a text.</summary>
    public static int Count(string text) => text.Length == 0 ? 0 : Tokenizer.Value.CountTokens(text);

    /// <summary>Tokens of a request, the wrapping of its messages included.</summary>
    public static int Count(IReadOnlyList<ModelMessage> messages)
    {
        var tokens = 3;
        foreach (var message in messages) tokens += 4 + Count(message.Content);
        return tokens;
    }
}
