using System.Buffers;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>Reads the words of one output or tag, and its closing brackets.</summary>
internal sealed class Lexer
{
    private static readonly SearchValues<char> OneCharacter = SearchValues.Create("|:,.[]()<>=");
    private readonly Source source;
    private readonly int opened;
    private readonly string close;
    private int at;

    /// <param name="source">The whole template.</param>
    /// <param name="opened">Where the output or tag opens; errors about a missing end point there.</param>
    /// <param name="at">Where its words begin.</param>
    /// <param name="close"><c>}}</c> or <c>%}</c>.</param>
    public Lexer(Source source, int opened, int at, string close)
    {
        this.source = source;
        this.opened = opened;
        this.at = at;
        this.close = close;
        Current = Read();
    }

    /// <summary>The next word, not yet taken.</summary>
    public Token Current { get; private set; }

    /// <summary>Where the last word taken ends.</summary>
    public int LastEnd { get; private set; }

    public Source Source => source;

    /// <summary>True where the closing brackets eat the white space behind them.</summary>
    public bool TrimsAfter { get; private set; }

    public Token Take()
    {
        var taken = Current;
        LastEnd = taken.To;
        if (taken.Kind != TokenKind.Close) Current = Read();
        return taken;
    }

    public bool TakeIf(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        Take();
        return true;
    }

    public void Expect(string symbol, string where)
    {
        if (!TakeIf(symbol)) throw Unexpected($"'{symbol}' is expected {where}");
    }

    /// <summary>Takes the closing brackets and answers where the template goes on.</summary>
    public int ExpectClose()
    {
        if (Current.Kind != TokenKind.Close) throw Unexpected($"'{close}' is expected here");
        return Current.To;
    }

    public TemplateSyntaxException Unexpected(string expected)
    {
        var found = Current.Kind == TokenKind.Close ? "the end" : $"'{source.Excerpt(Current.From, Current.To)}'";
        return source.Error(Current.From, $"{expected}, not {found}.");
    }

    private Token Read()
    {
        var text = source.Text;
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        var from = at;
        if (at >= text.Length) throw NotClosed();
        if (IsClose(at, out var length))
        {
            TrimsAfter = text[at] == '-';
            at += length;
            return new Token(TokenKind.Close, close, from, at);
        }
        var c = text[at];
        if (char.IsAsciiLetter(c) || c == '_') return ReadName(from);
        if (char.IsAsciiDigit(c) || (c == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) return ReadNumber(from);
        if (c is '"' or '\'') return ReadText(from, c);
        return ReadSymbol(from, c);
    }

    private Token ReadName(int from)
    {
        var text = source.Text;
        while (at < text.Length && IsNameCharacter(at)) at++;
        if (at < text.Length && text[at] == '?') at++;
        return new Token(TokenKind.Name, text[from..at], from, at);
    }

    private Token ReadNumber(int from)
    {
        var text = source.Text;
        at++;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        var kind = TokenKind.Integer;
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            kind = TokenKind.Float;
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        }
        if (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_'))
            throw source.Error(from, $"'{source.Excerpt(from, at + 1)}' is neither a number nor a name; names begin with a letter.");
        return new Token(kind, text[from..at], from, at);
    }

    private Token ReadText(int from, char quote)
    {
        var end = source.Text.IndexOf(quote, from + 1);
        if (end < 0) throw source.Error(from, $"The text that opens with {quote} is not closed. Close it with {quote}.");
        at = end + 1;
        return new Token(TokenKind.Text, source.Text[(from + 1)..end], from, at);
    }

    private Token ReadSymbol(int from, char c)
    {
        var two = source.Text.AsSpan(at, Math.Min(2, source.Text.Length - at));
        if (two is "==" or "!=" or "<>" or "<=" or ">=" or "..") at += 2;
        else if (OneCharacter.Contains(c)) at++;
        else throw NothingBeginsWith(from, c);
        return new Token(TokenKind.Symbol, source.Text[from..at], from, at);
    }

    private TemplateSyntaxException NothingBeginsWith(int from, char c)
    {
        if (source.Text.IndexOf(close, from, StringComparison.Ordinal) < 0) return NotClosed();
        return c == '{'
            ? source.Error(opened, $"'{{' cannot stand inside {(close == "}}" ? "'{{ }}'" : "'{% %}'")}. For a literal brace write {{{{ '{{' }}}}, or wrap the text in {{% raw %}} … {{% endraw %}}.")
            : source.Error(from, $"'{c}' means nothing here. Calculations are filters (`a | plus: 1`), texts stand in quotes.");
    }

    private TemplateSyntaxException NotClosed() => source.Error(opened, close == "}}"
        ? "'{{' is not closed. Close it with '}}'; for literal braces write {{ '{{' }}."
        : "'{%' is not closed. Close it with '%}'.");

    private bool IsClose(int index, out int length)
    {
        var rest = source.Text.AsSpan(index);
        length = rest.StartsWith(close, StringComparison.Ordinal) ? 2 : rest.Length > 2 && rest[0] == '-' && rest[1..].StartsWith(close, StringComparison.Ordinal) ? 3 : 0;
        return length > 0;
    }

    private bool IsNameCharacter(int index)
    {
        var c = source.Text[index];
        return char.IsAsciiLetterOrDigit(c) || c == '_' || (c == '-' && !IsClose(index, out _));
    }
}
