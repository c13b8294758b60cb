using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>Makes the syntax tree. One pass, no recursion over blocks.</summary>
internal sealed class Parser(Source source)
{
    public const int LongestSource = 200_000;
    private const int Deepest = 100;
    private readonly Stack<OpenBlock> open = new();
    private readonly HashSet<string> assigned = new(StringComparer.Ordinal);
    private readonly List<string> assigns = [];
    private readonly Block root = new();
    private int at;
    private bool trims;

    public IReadOnlyList<string> Assigns => assigns;

    public Block Parse()
    {
        if (source.Text.Length > LongestSource)
            throw source.Limit(0, $"The template has {source.Text.Length:N0} characters; it may have {LongestSource:N0}. Move text into inputs or other steps.");
        while (at < source.Text.Length)
        {
            var next = NextMark();
            AddText(next);
            if (next >= source.Text.Length) break;
            at = next;
            if (source.Text[next + 1] == '{') ParseOutput();
            else ParseTag();
        }
        if (open.TryPeek(out var left)) throw source.Error(left.Offset, $"{{% {left.Tag} %}} is not closed. Close it with {{% end{left.Tag} %}}.");
        return root;
    }

    private Block Current => open.TryPeek(out var block) ? block.Current : root;

    private int NextMark()
    {
        var text = source.Text;
        for (var i = text.IndexOf('{', at); i >= 0 && i + 1 < text.Length; i = text.IndexOf('{', i + 1))
            if (text[i + 1] is '{' or '%') return i;
        return text.Length;
    }

    private void AddText(int to)
    {
        var text = source.Text.AsSpan(at, to - at);
        if (trims) text = text.TrimStart();
        if (to + 2 < source.Text.Length && source.Text[to + 2] == '-') text = text.TrimEnd();
        trims = false;
        if (text.Length > 0) Current.Add(new TextNode(text.ToString(), raw: false));
    }

    private void ParseOutput()
    {
        var lexer = new Lexer(source, at, AfterOpening(), "}}");
        if (lexer.Current.Kind == TokenKind.Close) throw source.Error(at, "Nothing stands between '{{' and '}}'. Name what is to be shown.");
        var expression = ExpressionParser.Filtered(lexer);
        Close(lexer);
        Current.Add(new OutputNode(expression));
    }

    private void ParseTag()
    {
        var opened = at;
        var start = AfterOpening();
        while (start < source.Text.Length && char.IsWhiteSpace(source.Text[start])) start++;
        if (start < source.Text.Length && source.Text[start] == '#')
        {
            (at, trims) = Verbatim.Comment(source, opened, start);
            return;
        }
        var lexer = new Lexer(source, opened, start, "%}");
        if (lexer.Current.Kind != TokenKind.Name) throw lexer.Unexpected("The name of a tag is expected");
        var tag = lexer.Take().Text;
        switch (tag)
        {
            case "comment":
                (at, trims) = Verbatim.Skip(source, opened, lexer.ExpectClose());
                break;
            case "raw":
                Close(lexer);
                (var text, at, trims) = Verbatim.Raw(source, opened, at, trims);
                if (text.Length > 0) Current.Add(new TextNode(text, raw: true));
                break;
            default:
                Take(tag, opened, lexer);
                break;
        }
    }

    private void Take(string tag, int opened, Lexer lexer)
    {
        if (tag.StartsWith("end", StringComparison.Ordinal) && tag.Length > 3)
        {
            CloseBlock(tag, opened, lexer);
            return;
        }
        if (open.TryPeek(out var block) && block.Divide(tag, lexer))
        {
            Close(lexer);
            return;
        }
        OpenBlock? opens = null;
        Node? node = null;
        switch (tag)
        {
            case "if" or "unless": opens = new OpenIf(tag, opened, lexer); break;
            case "for": opens = new OpenFor(opened, lexer); break;
            case "case": opens = new OpenCase(opened, lexer); break;
            case "capture": opens = new OpenCapture(opened, lexer, AddName); break;
            case "assign": node = Assign(lexer); break;
            case "break": node = new JumpNode(Flow.Break); break;
            case "continue": node = new JumpNode(Flow.Continue); break;
            default: throw source.Error(opened, Tags.Unknown(tag, block));
        }
        Close(lexer);
        if (node is not null) Current.Add(node);
        if (opens is null) return;
        if (open.Count >= Deepest) throw source.Limit(opened, $"Blocks may lie at most {Deepest} deep in each other.");
        open.Push(opens);
    }

    private AssignNode Assign(Lexer lexer)
    {
        var name = ExpressionParser.NewName(lexer, questionMark: false);
        lexer.Expect("=", "behind the name ({% assign name = value %})");
        AddName(name);
        return new AssignNode(name, ExpressionParser.Filtered(lexer));
    }

    private void CloseBlock(string tag, int opened, Lexer lexer)
    {
        if (!open.TryPeek(out var block) || tag != $"end{block.Tag}") throw source.Error(opened, Tags.StrayEnd(tag, block, source));
        Close(lexer);
        open.Pop();
        Current.Add(block.Close());
    }

    private void AddName(string name)
    {
        if (assigned.Add(name)) assigns.Add(name);
    }

    private int AfterOpening() => at + 2 < source.Text.Length && source.Text[at + 2] == '-' && !source.Text.AsSpan(at + 2).StartsWith("-%}") ? at + 3 : at + 2;

    private void Close(Lexer lexer)
    {
        at = lexer.ExpectClose();
        trims = lexer.TrimsAfter;
    }
}
