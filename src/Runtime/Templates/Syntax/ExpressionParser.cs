using System.Globalization;
using PromptDesigner.Runtime.Templates.Filters;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>Reads values, filters and conditions from the words of one output or tag.</summary>
internal static class ExpressionParser
{
    // Only `[ ]` and ranges nest, and nobody writes more than a few.
    private const int Deepest = 20;

    public static Expression Value(Lexer lexer, int depth = 0)
    {
        if (depth > Deepest) throw lexer.Source.Limit(lexer.Current.From, $"Brackets may lie at most {Deepest} deep in each other.");
        var token = lexer.Current;
        switch (token.Kind)
        {
            case TokenKind.Text:
                lexer.Take();
                return new LiteralExpression(TemplateValue.Of(token.Text));
            case TokenKind.Integer or TokenKind.Float:
                lexer.Take();
                return new LiteralExpression(NumberOf(token));
            case TokenKind.Name:
                lexer.Take();
                return NameOrLiteral(lexer, token, depth);
            default:
                if (token.Is("(")) return Range(lexer, depth);
                if (token.Is("[")) return BracketedName(lexer, depth);
                throw lexer.Unexpected("A value is expected (a name, a text in quotes, a number)");
        }
    }

    public static FilteredExpression Filtered(Lexer lexer)
    {
        var from = lexer.Current.From;
        var primary = Value(lexer);
        var filters = new List<FilterUse>();
        while (lexer.TakeIf("|")) filters.Add(FilterUse(lexer));
        return new FilteredExpression(primary, filters, from) { To = lexer.LastEnd };
    }

    public static Condition Condition(Lexer lexer)
    {
        var parts = new List<Comparison>();
        var ands = new List<bool>();
        while (true)
        {
            parts.Add(Comparison(lexer));
            if (lexer.Current.IsWord("and")) ands.Add(true);
            else if (lexer.Current.IsWord("or")) ands.Add(false);
            else return new Condition(parts, ands);
            lexer.Take();
        }
    }

    /// <summary>The name that <c>assign</c>, <c>capture</c> or <c>for</c> gives.</summary>
    public static string NewName(Lexer lexer, bool questionMark)
    {
        var token = lexer.Current;
        if (token.Kind is not (TokenKind.Name or TokenKind.Integer) || token.Text.StartsWith('-')) throw lexer.Unexpected("A new name is expected");
        if (!questionMark && token.Text.EndsWith('?')) throw lexer.Source.Error(token.From, $"A name that is given here must not end with '?': '{token.Text}'.");
        lexer.Take();
        return token.Text;
    }

    private static Comparison Comparison(Lexer lexer)
    {
        var from = lexer.Current.From;
        var left = Value(lexer);
        var token = lexer.Current;
        var isOperator = token.IsWord("contains") || (token.Kind == TokenKind.Symbol && token.Text is "==" or "!=" or "<>" or "<" or ">" or "<=" or ">=");
        if (token.Is("=")) throw lexer.Source.Error(token.From, "'=' compares nothing. Write '=='.");
        if (!isOperator)
        {
            if (token.Kind == TokenKind.Name && token.Text is not ("and" or "or"))
                throw lexer.Source.Error(token.From, $"There is no operator '{token.Text}'. Operators are ==, !=, <, >, <=, >=, contains, and, or.");
            return new Comparison(left, null, null, from, lexer.LastEnd);
        }
        lexer.Take();
        var right = Value(lexer);
        return new Comparison(left, token.Text, right, from, lexer.LastEnd);
    }

    private static FilterUse FilterUse(Lexer lexer)
    {
        var name = lexer.Current;
        if (name.Kind != TokenKind.Name) throw lexer.Unexpected("The name of a filter is expected behind '|'");
        lexer.Take();
        var filter = FilterCatalog.Find(name.Text) ?? throw lexer.Source.Error(name.From, UnknownFilter(name.Text));
        var arguments = new List<FilterArgument>();
        if (lexer.TakeIf(":"))
        {
            do arguments.Add(Argument(lexer, filter));
            while (lexer.TakeIf(","));
        }
        var count = arguments.Count(a => a.Keyword is null);
        if (count < filter.Least || count > filter.Most)
            throw lexer.Source.Error(name.From, $"'{name.Text}' takes {Arity(filter)}, not {count}.");
        return new FilterUse(filter, arguments, lexer.LastEnd);
    }

    private static FilterArgument Argument(Lexer lexer, Filter filter)
    {
        var first = lexer.Current;
        if (first.Kind != TokenKind.Name) return new FilterArgument(null, Value(lexer), first.From, lexer.LastEnd);
        lexer.Take();
        if (!lexer.TakeIf(":")) return new FilterArgument(null, NameOrLiteral(lexer, first, 0), first.From, lexer.LastEnd);
        if (!filter.Keywords.Contains(first.Text)) throw lexer.Source.Error(first.From, $"'{filter.Name}' takes no argument named '{first.Text}'.");
        return new FilterArgument(first.Text, Value(lexer), first.From, lexer.LastEnd);
    }

    private static Expression NameOrLiteral(Lexer lexer, Token name, int depth)
    {
        var goesOn = lexer.Current.Is(".") || lexer.Current.Is("[");
        TemplateValue? literal = name.Text switch
        {
            "true" => TemplateValue.Of(true),
            "false" => TemplateValue.Of(false),
            "nil" or "null" => TemplateValue.Nil,
            "empty" => TemplateValue.Empty,
            "blank" => TemplateValue.Blank,
            _ => null,
        };
        if (literal is { } value && !goesOn) return new LiteralExpression(value);
        return Path(lexer, name.Text, name.From, depth);
    }

    private static RangeExpression Range(Lexer lexer, int depth)
    {
        var from = lexer.Take().From;
        var first = Value(lexer, depth + 1);
        lexer.Expect("..", "between the bounds of a range (1..5)");
        var last = Value(lexer, depth + 1);
        lexer.Expect(")", "at the end of a range (1..5)");
        return new RangeExpression(first, last, from, lexer.LastEnd);
    }

    private static PathExpression BracketedName(Lexer lexer, int depth)
    {
        var from = lexer.Take().From;
        if (lexer.Current.Kind != TokenKind.Text)
            throw lexer.Source.Error(from, "A name must be written out, so that one can see what the template reads: write name or ['a name'], not [something].");
        var name = lexer.Take().Text;
        lexer.Expect("]", "here");
        return Path(lexer, name, from, depth);
    }

    private static PathExpression Path(Lexer lexer, string name, int from, int depth)
    {
        var steps = new List<PathStep>();
        while (true)
        {
            if (lexer.TakeIf("."))
            {
                if (lexer.Current.Kind != TokenKind.Name) throw lexer.Unexpected("The name of a field is expected behind '.'");
                steps.Add(new PathStep(lexer.Take().Text, null));
            }
            else if (lexer.TakeIf("["))
            {
                var index = Value(lexer, depth + 1);
                lexer.Expect("]", "behind an index");
                steps.Add(index is LiteralExpression { Value: { Kind: ValueKind.Text, Text: var field } } ? new PathStep(field, null) : new PathStep(null, index));
            }
            else return new PathExpression(name, steps, lexer.Source, from, lexer.LastEnd);
        }
    }

    private static TemplateValue NumberOf(Token token)
    {
        if (token.Kind == TokenKind.Integer && long.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return TemplateValue.Of(whole);
        return TemplateValue.Of(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private static string UnknownFilter(string name) => NearestName.Of(name, FilterCatalog.Names) is { } near
        ? $"There is no filter '{name}'. Did you mean '{near}'?"
        : $"There is no filter '{name}'. Filters are: {string.Join(", ", FilterCatalog.Names)}.";

    private static string Arity(Filter filter)
    {
        if (filter.Most == 0) return "no argument";
        var count = filter.Least == filter.Most ? $"{filter.Least}" : $"{filter.Least} to {filter.Most}";
        return count == "1" ? "1 argument" : $"{count} arguments";
    }
}
