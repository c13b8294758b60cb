using System.Globalization;
using System.Text;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>A text that fits an ordinary pattern (<c>^[A-Z]{3}-\d{4}$</c>): the first choice everywhere, as few repetitions as allowed.</summary>
internal sealed class PatternSample
{
    private const int Deepest = 30;
    private const int Longest = 2_000;
    private readonly string pattern;
    private int at;

    private PatternSample(string pattern) => this.pattern = pattern;

    public static string Of(string pattern) => new PatternSample(pattern).Alternatives(0);

    private string Alternatives(int depth)
    {
        var first = Sequence(depth);
        while (at < pattern.Length && pattern[at] == '|')
        {
            at++;
            Sequence(depth);
        }
        return first;
    }

    private string Sequence(int depth)
    {
        var made = new StringBuilder();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var one = One(depth);
            var count = Count();
            for (var i = 0; i < count && made.Length < Longest; i++) made.Append(one);
        }
        return made.ToString();
    }

    private string One(int depth)
    {
        var c = pattern[at++];
        switch (c)
        {
            case '^' or '$': return "";
            case '.': return "x";
            case '[': return Class();
            case '\\': return at < pattern.Length ? Escape(pattern[at++]) : "";
            case '(':
                if (depth > Deepest) return "";
                if (at < pattern.Length && pattern[at] == '?') SkipGroupName();
                var inside = Alternatives(depth + 1);
                if (at < pattern.Length) at++;
                return inside;
            default: return c.ToString();
        }
    }

    private void SkipGroupName()
    {
        at++;
        if (at < pattern.Length && pattern[at] == ':') at++;
        else if (pattern.IndexOf('>', at) is >= 0 and var end) at = end + 1;
    }

    private int Count()
    {
        if (at >= pattern.Length) return 1;
        var count = 1;
        switch (pattern[at])
        {
            case '+': at++; break;
            case '*' or '?':
                at++;
                count = 0;
                break;
            case '{':
                var end = pattern.IndexOf('}', at);
                if (end < 0 || !int.TryParse(pattern.AsSpan(at + 1, end - at - 1).ToString().Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out count)) return 1;
                at = end + 1;
                break;
            default: return 1;
        }
        if (at < pattern.Length && pattern[at] == '?') at++;
        return count;
    }

    private string Class()
    {
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        var members = new StringBuilder();
        while (at < pattern.Length && pattern[at] != ']')
        {
            var c = pattern[at++];
            members.Append(c == '\\' && at < pattern.Length ? Escape(pattern[at++]) : c.ToString());
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                // Of a range the ends are enough to tell what is in it.
                members.Append(pattern[at + 1]).Append('\u0001');
                at += 2;
            }
        }
        if (at < pattern.Length) at++;
        if (!negated) return members.Length > 0 ? members[0].ToString() : "";
        return "x0A-_ é".FirstOrDefault(c => !Holds(members.ToString(), c), '~').ToString();
    }

    private static bool Holds(string members, char c)
    {
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i] == c) return true;
            if (i + 2 < members.Length && members[i + 2] == '\u0001' && members[i] <= c && c <= members[i + 1]) return true;
        }
        return false;
    }

    private static string Escape(char c) => c switch
    {
        'd' => "0",
        'w' => "a",
        's' => " ",
        'D' or 'S' => "x",
        'W' => "-",
        'b' or 'B' => "",
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        _ => c.ToString(),
    };
}
