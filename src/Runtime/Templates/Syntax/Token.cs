namespace PromptDesigner.Runtime.Templates.Syntax;

internal enum TokenKind : byte { Name, Text, Integer, Float, Symbol, Close }

/// <summary>A word of the language between <c>{{ }}</c> or <c>{% %}</c>. <paramref name="Text"/> is what it says, without quotes.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int From, int To)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && string.Equals(Text, symbol, StringComparison.Ordinal);

    public bool IsWord(string word) => Kind == TokenKind.Name && string.Equals(Text, word, StringComparison.Ordinal);
}
