using System.Text;

namespace PromptDesigner.Runtime.Tests.Templates;

/// <summary>Random templates: well-formed ones of a small grammar, and scrap that is mostly none.</summary>
internal sealed class RandomTemplate(int seed)
{
    private static readonly string[] Names = ["a", "b", "c", "d", "x", "y", "i"];
    private static readonly string[] Fields = ["a", "b", "x", "size", "first", "last"];
    private static readonly string[] Filters =
        ["upcase", "size", "json", "first", "last", "join: ', '", "append: {v}", "default: {v}", "default: ''", "plus: {v}", "map: 'a'", "where: 'a', {v}", "sort", "reverse", "split: ''", "slice: 0, 2", "replace: 'a', {v}", "truncate: 3", "uniq", "compact", "divided_by: {v}"];
    private static readonly string[] Scraps =
        ["{{", "}}", "{%", "%}", "-", "{", "}", "%", "if", "endif", "for", "in", "endfor", "assign", "=", "==", "|", ":", ",", ".", "..", "[", "]", "(", ")", "'", "\"", "a", "b.c", "1", "-2.5", "raw", "endraw", "comment", "endcomment", "case", "when", "else", "limit:", "default", "append", "#", "\n", " ", "😀", "\u0000", "\ud800", "nil", "empty", "contains"];

    private readonly Random random = new(seed);
    private int left = 40;

    public string WellFormed() => Block(0);

    public string Scrap()
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 60); i > 0; i--) text.Append(Pick(Scraps)).Append(random.Next(3) == 0 ? " " : "");
        return text.ToString();
    }

    /// <summary>A well-formed template with one part cut out or doubled.</summary>
    public string Damaged()
    {
        var text = WellFormed();
        if (text.Length < 2) return text;
        var (from, length) = (random.Next(text.Length - 1), random.Next(1, 6));
        length = Math.Min(length, text.Length - from);
        return random.Next(2) == 0 ? text.Remove(from, length) : text.Insert(from, text.Substring(from, length));
    }

    private string Block(int depth)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 4); i > 0 && left-- > 0; i--) text.Append(Part(depth));
        return text.ToString();
    }

    private string Part(int depth) => random.Next(depth > 3 ? 5 : 10) switch
    {
        0 => Pick(["text ", " \n ", "é"]),
        1 or 2 or 3 => $"{{{{ {Filtered()} }}}}",
        4 => $"{{% assign {Pick(Names)} = {Filtered()} %}}",
        5 => $"{{% if {Condition()} %}}{Block(depth + 1)}{{% elsif {Condition()} %}}{Block(depth + 1)}{Else(depth)}{{% endif %}}",
        6 => $"{{% for {Pick(Names)} in {Value(0)}{Pick(["", " limit: 2", " reversed", " offset: 1"])} %}}{Block(depth + 1)}{Pick(["", "{% break %}", "{% continue %}"])}{Else(depth)}{{% endfor %}}",
        7 => $"{{% case {Value(0)} %}}{{% when {Value(0)}, {Value(0)} %}}{Block(depth + 1)}{Else(depth)}{{% endcase %}}",
        8 => $"{{% capture {Pick(Names)} %}}{Block(depth + 1)}{{% endcapture %}}",
        _ => $"{{% unless {Condition()} %}}{Block(depth + 1)}{Else(depth)}{{% endunless %}}",
    };

    private string Else(int depth) => random.Next(2) == 0 ? "" : $"{{% else %}}{Block(depth + 1)}";

    private string Condition()
    {
        var one = random.Next(3) == 0 ? Value(0) : $"{Value(0)} {Pick(["==", "!=", "<", "contains"])} {Value(0)}";
        return random.Next(4) == 0 ? $"{one} {Pick(["and", "or"])} {Value(0)}" : one;
    }

    private string Filtered()
    {
        var text = new StringBuilder(Value(0));
        for (var i = random.Next(4) - 1; i > 0; i--) text.Append(" | ").Append(Pick(Filters).Replace("{v}", Value(0), StringComparison.Ordinal));
        return text.ToString();
    }

    private string Value(int depth)
    {
        if (random.Next(4) == 0) return Pick(["'a'", "1", "2.5", "true", "nil", "empty", "blank", "(1..3)"]);
        var text = new StringBuilder(Pick(Names));
        for (var i = random.Next(3); i > 0; i--)
        {
            if (random.Next(3) > 0) text.Append('.').Append(Pick(Fields));
            else text.Append('[').Append(depth < 1 && random.Next(2) == 0 ? Value(depth + 1) : Pick(["0", "1", "'a'", "-1"])).Append(']');
        }
        return text.ToString();
    }

    private string Pick(string[] of) => of[random.Next(of.Length)];
}
