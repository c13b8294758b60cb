namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>
/// Walks a template as rendering would and notes what may be read from outside. A name that was surely given by <c>assign</c> or <c>capture</c> before,
/// or that a loop around it gives, is not outside; parts that no rendering reaches read nothing. The items of a list count as reads of the list.
/// </summary>
internal sealed class ReadTrace(Source source)
{
    private readonly List<TemplateRead> reads = [];
    private readonly List<string> loopNames = [];
    private readonly List<ValuePath> guards = [];
    private readonly HashSet<string> given = new(StringComparer.Ordinal);
    private readonly List<string> trail = [];

    public List<TemplateRead> Reads => reads;

    public bool IsUnreachable { get; private set; }

    public void Read(ValuePath path, int offset, bool mayBeMissing)
    {
        if (loopNames.Contains(path.Name) || given.Contains(path.Name)) return;
        var (line, column) = source.Place(offset);
        reads.Add(new TemplateRead(path, mayBeMissing || guards.Exists(guard => IsWithin(path, guard)), line, column));
    }

    public void Assign(string name)
    {
        if (given.Add(name)) trail.Add(name);
    }

    /// <summary>Nothing behind this place is reached.</summary>
    public void Stop() => IsUnreachable = true;

    public ReadFork Fork() => new(this);

    /// <summary>A part that may or may not run, and that nothing later can count on.</summary>
    public void Aside(Block block)
    {
        var (before, unreachable) = (trail.Count, IsUnreachable);
        block.Trace(this);
        Forget(before);
        IsUnreachable = unreachable;
    }

    public void Loop(string variable, Block body)
    {
        loopNames.Add("forloop");
        loopNames.Add(variable);
        Aside(body);
        loopNames.RemoveRange(loopNames.Count - 2, 2);
    }

    private void Forget(int from)
    {
        for (var i = from; i < trail.Count; i++) given.Remove(trail[i]);
        trail.RemoveRange(from, trail.Count - from);
    }

    private static bool IsWithin(ValuePath path, ValuePath guard) =>
        path.Name == guard.Name && path.Segments.Count <= guard.Segments.Count && path.Segments.SequenceEqual(guard.Segments.Take(path.Segments.Count));

    /// <summary>Branches of which one runs: behind them only what each of them gave is sure.</summary>
    internal sealed class ReadFork(ReadTrace trace)
    {
        private readonly int before = trace.trail.Count;
        private HashSet<string>? sure;

        public void Take(Block body, IEnumerable<ValuePath> guards)
        {
            var known = trace.guards.Count;
            trace.guards.AddRange(guards.Take(8));
            body.Trace(trace);
            if (!trace.IsUnreachable)
            {
                var gave = trace.trail.Skip(before);
                if (sure is null) sure = new HashSet<string>(gave, StringComparer.Ordinal);
                else sure.IntersectWith(gave);
            }
            trace.IsUnreachable = false;
            trace.Forget(before);
            trace.guards.RemoveRange(known, trace.guards.Count - known);
        }

        /// <param name="andNone">It may be that no branch runs.</param>
        public void Join(bool andNone)
        {
            trace.IsUnreachable = sure is null && !andNone;
            if (andNone || sure is null) return;
            foreach (var name in sure) trace.Assign(name);
        }
    }
}
