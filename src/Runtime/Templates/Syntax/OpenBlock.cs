namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>A block whose end has not come yet. The parser keeps these on a stack of its own, so that no template can exhaust the thread's.</summary>
internal abstract class OpenBlock(string tag, int offset)
{
    public string Tag => tag;

    public int Offset => offset;

    /// <summary>Where the next part goes.</summary>
    public abstract Block Current { get; }

    /// <summary>Takes a tag that divides the block (<c>else</c>, <c>when</c>); false where it has no meaning here.</summary>
    public virtual bool Divide(string divider, Lexer lexer) => false;

    public abstract Node Close();
}

internal sealed class OpenIf : OpenBlock
{
    private readonly List<IfBranch> branches = [];

    public OpenIf(string tag, int offset, Lexer lexer) : base(tag, offset) =>
        branches.Add(new IfBranch(ExpressionParser.Condition(lexer), tag == "unless", new Block()));

    public override Block Current => branches[^1].Body;

    public override bool Divide(string divider, Lexer lexer)
    {
        if (divider is not ("elsif" or "else")) return false;
        branches.Add(new IfBranch(divider == "elsif" ? ExpressionParser.Condition(lexer) : null, false, new Block()));
        return true;
    }

    public override Node Close()
    {
        var node = new IfNode(branches);
        if (node.IsBlank) branches.ForEach(b => b.Body.RemoveBlankText());
        return node;
    }
}

internal sealed class OpenCase : OpenBlock
{
    private readonly Expression subject;
    private readonly List<CaseBranch> branches = [];
    private readonly Block before = new();

    public OpenCase(int offset, Lexer lexer) : base("case", offset) => subject = ExpressionParser.Value(lexer);

    // What stands before the first `when` never shows, as in Liquid.
    public override Block Current => branches.Count == 0 ? before : branches[^1].Body;

    public override bool Divide(string divider, Lexer lexer)
    {
        if (divider is not ("when" or "else")) return false;
        branches.Add(new CaseBranch(divider == "when" ? Values(lexer) : null, new Block()));
        return true;
    }

    public override Node Close()
    {
        var node = new CaseNode(subject, branches);
        if (node.IsBlank) branches.ForEach(b => b.Body.RemoveBlankText());
        return node;
    }

    private static List<Expression> Values(Lexer lexer)
    {
        var values = new List<Expression> { ExpressionParser.Value(lexer) };
        while (lexer.Current.Is(",") || lexer.Current.IsWord("or"))
        {
            lexer.Take();
            values.Add(ExpressionParser.Value(lexer));
        }
        return values;
    }
}

internal sealed class OpenFor : OpenBlock
{
    private readonly ForHead head;
    private readonly Block body = new();
    private Block? otherwise;

    public OpenFor(int offset, Lexer lexer) : base("for", offset) => head = Head(lexer);

    public override Block Current => otherwise ?? body;

    public override bool Divide(string divider, Lexer lexer)
    {
        if (divider != "else" || otherwise is not null) return false;
        otherwise = new Block();
        return true;
    }

    public override Node Close()
    {
        var node = new ForNode(head, body, otherwise);
        if (node.IsBlank)
        {
            body.RemoveBlankText();
            otherwise?.RemoveBlankText();
        }
        return node;
    }

    private static ForHead Head(Lexer lexer)
    {
        var variable = ExpressionParser.NewName(lexer, questionMark: true);
        if (!lexer.Current.IsWord("in")) throw lexer.Unexpected("'in' is expected ({% for item in items %})");
        lexer.Take();
        var from = lexer.Current.From;
        var items = ExpressionParser.Value(lexer);
        var head = new ForHead(variable, items, lexer.Source.Text[from..lexer.LastEnd], from, lexer.LastEnd);
        while (lexer.Current.Kind != TokenKind.Close)
        {
            if (lexer.TakeIf(",")) continue;
            head = Option(lexer, head);
        }
        return head;
    }

    private static ForHead Option(Lexer lexer, ForHead head)
    {
        var option = lexer.Current;
        if (option.Kind != TokenKind.Name || option.Text is not ("limit" or "offset" or "reversed"))
            throw lexer.Unexpected("'limit:', 'offset:', 'reversed' or the end of the tag is expected");
        lexer.Take();
        if (option.Text == "reversed") return head with { Reversed = true };
        lexer.Expect(":", $"behind '{option.Text}'");
        if (option.Text == "limit") return head with { Limit = ExpressionParser.Value(lexer) };
        if (!lexer.Current.IsWord("continue")) return head with { Offset = ExpressionParser.Value(lexer), Continues = false };
        lexer.Take();
        return head with { Continues = true };
    }
}

internal sealed class OpenCapture : OpenBlock
{
    private readonly string name;

    public OpenCapture(int offset, Lexer lexer, Action<string> assigns) : base("capture", offset)
    {
        // A name in quotes is an old habit that Liquid still accepts.
        name = lexer.Current.Kind == TokenKind.Text ? lexer.Take().Text : ExpressionParser.NewName(lexer, questionMark: false);
        assigns(name);
    }

    public override Block Current { get; } = new();

    public override Node Close() => new CaptureNode(name, Current);
}
