using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs.Checks;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>What settings read: there, upstream, with that field, and not skipped.</summary>
internal sealed class ReferenceCheck
{
    private readonly Draft _draft;
    private readonly Shapes _shapes;
    private readonly Skips _skips;

    private ReferenceCheck(Draft draft, Shapes shapes) => (_draft, _shapes, _skips) = (draft, shapes, new Skips(draft));

    public static void Run(Draft draft, Shapes shapes)
    {
        var check = new ReferenceCheck(draft, shapes);
        for (var node = 0; node < draft.Graph.Nodes.Count && !draft.IsFull; node++)
            foreach (var text in draft.ReadingsOf(node).GroupBy(reading => reading.Pointer))
            {
                foreach (var same in text.GroupBy(reading => reading.Path.ToString()).TakeWhile(_ => !draft.IsFull)) check.Look([.. same]);
                foreach (var same in text.Where(reading => !reading.MayBeMissing).GroupBy(reading => reading.Path.Name)) check.LookForSkips([.. same]);
            }
    }

    private void Look(List<Reading> readings)
    {
        var reading = readings[0];
        var name = reading.Path.Name;
        var place = _draft.Index.PlaceNames(reading.Node, reading.Inside);
        if (place.Contains(name)) Fields(readings, _shapes.OfPlace(reading.Node, name, reading.Inside), $"'{name}'");
        else if (_draft.Index.PositionOf(name) is not (>= 0 and var read)) Unknown(readings, place);
        else if (!CanRead(reading, read)) NotUpstream(readings, read);
        else Fields(readings, _shapes.Of(read), _draft.Called(read));
    }

    /// <summary>True where a setting of one node may read what another gives.</summary>
    public static bool CanRead(Draft draft, int reader, int read, bool inside) => draft.Index.IsUpstream(read, reader) && read != reader || inside && draft.Index.ParentOf(read) == reader;

    private bool CanRead(Reading reading, int read) => CanRead(_draft, reading.Node, read, reading.Inside);

    private void Unknown(List<Reading> readings, IReadOnlyList<string> place)
    {
        var reading = readings[0];
        var available = Enumerable.Range(0, _draft.Graph.Nodes.Count).Where(node => CanRead(reading, node)).Select(node => _draft.Graph.Nodes[node].Id).Concat(place).Distinct().ToList();
        var nearest = _draft.Suggest(reading.Path.Name, available);
        var why = reading.Path.Name switch
        {
            "item" or "index" => $"'{reading.Path.Name}' is there only inside a For each",
            "attempt" => "'attempt' is there only inside a Repeat",
            "feedback" or "previous" => $"'{reading.Path.Name}' is there only in a prompt that an approval has revised{(reading.Path.Name == "feedback" ? ", or inside a Repeat" : "")}",
            _ => $"'{{{{ {reading.Path} }}}}' is not available at {_draft.Called(reading.Node)}",
        };
        var shown = available.Count <= 12 ? string.Join(", ", available) : $"{string.Join(", ", available.Take(12))}, …";
        Report("unknown_reference", reading, $"{why}{Nearest.Ask(nearest)} Available: {shown}.", nearest is null ? null : TemplateText.Rename(readings, -1, nearest));
    }

    private void NotUpstream(List<Reading> readings, int read)
    {
        var reading = readings[0];
        var (reader, called) = (_draft.Called(reading.Node), _draft.Called(read));
        var message = read == reading.Node ? $"{reader} reads its own output, which is not there yet."
            : _draft.Index.ParentOf(reading.Node) == read ? $"{reader} reads {called}, the container in which it lies, whose output is not there yet."
            : Lifted(reading.Node, read) < 0 ? $"{reader} reads {called}, which lies inside a container; outside, only the container's own output can be read."
            : $"{reader} reads {called}, but no way leads from {called} to it. Connect them.";
        // What a container reads from within itself is mended inside it, not by an edge to it.
        Report("not_upstream", reading, message, reading.Inside ? null : Connection(reading.Node, read));
    }

    /// <summary>The reader, or the container around it, that lies where the node lies; -1 where none does.</summary>
    private int Lifted(int reader, int read)
    {
        while (reader >= 0 && _draft.Index.ParentOf(reader) != _draft.Index.ParentOf(read)) reader = _draft.Index.ParentOf(reader);
        return reader;
    }

    private ProblemFix? Connection(int reader, int read)
    {
        var to = Lifted(reader, read);
        if (to < 0 || to == read || _draft.Index.PositionOf(_draft.Graph.Nodes[to].Id) != to || _draft.Index.IsUpstream(to, read) || _draft.Graph.Nodes[to].Kind == "input" || _draft.Bound[read] is not { Ports: [var port, ..] }) return null;
        var edge = new JsonObject { ["from"] = _draft.Graph.Nodes[read].Id, ["to"] = _draft.Graph.Nodes[to].Id };
        if (port != "out") edge["fromPort"] = port;
        return new ProblemFix($"Connect {_draft.Called(read)} to {_draft.Called(to)}", GraphPatch.Set("/edges/-", edge));
    }

    private void Fields(List<Reading> readings, Shape? shape, string called)
    {
        var reading = readings[0];
        foreach (var (at, segment) in reading.Path.Segments.Index())
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            if (Shape.Step(shape, segment, out shape, known)) continue;
            var part = segment.Field is { } field ? $"'{field}'" : $"entry {segment.Index}";
            var nearest = segment.Field is { } name ? Nearest.To(name, known) : null;
            var fields = known.Count == 0 ? "" : $" Fields: {string.Join(", ", known.Take(20))}.";
            Report("unknown_field", reading, $"{_draft.Called(reading.Node)} reads {part} in '{reading.Path}', which {called} does not give{Nearest.Ask(nearest)}{fields}",
                nearest is null ? null : TemplateText.Rename(readings, at, nearest));
            return;
        }
    }

    private void LookForSkips(List<Reading> readings)
    {
        var reading = readings[0];
        var read = _draft.Index.PositionOf(reading.Path.Name);
        if (read < 0 || !CanRead(reading, read) || _draft.Index.PlaceNames(reading.Node, reading.Inside).Contains(reading.Path.Name) || !_skips.MayBeSkipped(read, reading.Node, reading.Inside)) return;
        // An empty text is no list, so that where a list is wanted it would only move the failure.
        var fix = reading.Setting == "items" ? null : TemplateText.WithDefault(readings);
        _draft.Warn("may_be_skipped", reading.Pointer, reading.Node, $"{_draft.Called(read)} may not have run when {_draft.Called(reading.Node)} reads '{reading.Path}'. Say what stands in its place: {{{{ {reading.Path} | default: '' }}}}.", fix);
    }

    private void Report(string code, Reading reading, string message, ProblemFix? fix)
    {
        var where = reading.Form == ReadingForm.Template && reading.Source.Contains('\n', StringComparison.Ordinal) ? $"Line {reading.Line}, column {reading.Column}: " : "";
        // In conditions the text in the document may be written differently from the path that was read; the fix replaces the whole.
        _draft.Error(code, reading.Pointer, reading.Node, where + message, fix);
    }
}
