namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>Boolean functions of yes-or-no choices as shared decision diagrams (ROBDDs): equal functions are one number, so "can this ever be?" is one comparison. Bounded; beyond the bound every answer is <see cref="Unknown"/>.</summary>
internal sealed class Decisions
{
    public const int Never = 0;
    public const int Always = 1;
    public const int Unknown = -1;
    private const int MostNodes = 100_000;
    private const int MostChoices = 1_500;

    private readonly List<(int Choice, int No, int Yes)> _nodes = [(int.MaxValue, 0, 0), (int.MaxValue, 1, 1)];
    private readonly Dictionary<(int, int, int), int> _unique = [];
    private readonly Dictionary<(char, int, int), int> _done = [];
    private int _choices;

    /// <summary>A new choice, decided after all before it.</summary>
    public int Choice() => _choices >= MostChoices ? Unknown : Node(_choices++, Never, Always);

    public int And(int left, int right) => Apply('&', left, right);

    public int Or(int left, int right) => Apply('|', left, right);

    /// <summary>Where <paramref name="left"/> holds and <paramref name="right"/> does not.</summary>
    public int AndNot(int left, int right) => Apply('-', left, right);

    private int Apply(char op, int left, int right)
    {
        switch (op)
        {
            case '&' when left == Never || right == Never:
                return Never;
            case '|' when left == Always || right == Always:
                return Always;
            case '-' when left == Never || right == Always || left == right && left != Unknown:
                return Never;
        }
        if (left == Unknown || right == Unknown) return Unknown;
        switch (op)
        {
            case '&' when left == Always || left == right:
                return right;
            case '&' when right == Always:
                return left;
            case '|' when left == Never || left == right:
                return right;
            case '|' when right == Never:
            case '-' when right == Never:
                return left;
        }
        if (op != '-' && left > right) (left, right) = (right, left);
        if (_done.TryGetValue((op, left, right), out var done)) return done;
        var choice = Math.Min(_nodes[left].Choice, _nodes[right].Choice);
        var no = Apply(op, Side(left, choice, yes: false), Side(right, choice, yes: false));
        var yes = Apply(op, Side(left, choice, yes: true), Side(right, choice, yes: true));
        return _done[(op, left, right)] = no == Unknown || yes == Unknown ? Unknown : Node(choice, no, yes);
    }

    private int Side(int node, int choice, bool yes) => _nodes[node].Choice != choice ? node : yes ? _nodes[node].Yes : _nodes[node].No;

    private int Node(int choice, int no, int yes)
    {
        if (no == yes) return no;
        if (_unique.TryGetValue((choice, no, yes), out var known)) return known;
        if (_nodes.Count >= MostNodes) return Unknown;
        _nodes.Add((choice, no, yes));
        return _unique[(choice, no, yes)] = _nodes.Count - 1;
    }
}
