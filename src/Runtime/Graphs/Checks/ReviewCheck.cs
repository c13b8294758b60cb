using System.Text.Json;
using PromptDesigner.Runtime.Graphs.References;
using PromptDesigner.Runtime.Nodes.Approval;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>What is sent is what was reviewed: a send reads no model's answer that a gate before it did not show, and none beside a gate in which a reviewer may have changed it.</summary>
internal sealed class ReviewCheck
{
    private readonly Draft _draft;
    private readonly SendWays _ways;
    private readonly Answers _answers;
    private readonly Dictionary<int, SendWays.Reach> _unshown = [];
    private readonly Dictionary<int, SendWays.Reach> _around = [];

    private ReviewCheck(Draft draft, SendWays ways) => (_draft, _ways, _answers) = (draft, ways, new Answers(draft));

    public static void Run(Draft draft, SendWays ways)
    {
        if (draft.IsFull) return;
        var check = new ReviewCheck(draft, ways);
        var reached = ways.FromStart(_ => false);
        foreach (var send in ways.Sends.Where(reached.Has))
            foreach (var same in draft.ReadingsOf(send).Where(reading => reading.Form != ReadingForm.Condition).GroupBy(reading => (reading.Pointer, reading.Path.Name))) check.Look(send, [.. same]);
    }

    private void Look(int send, List<Reading> readings)
    {
        var models = _answers.In(readings[0]);
        if (models.Count == 0) return;
        var unshown = models.FirstOrDefault(model => Unshown(model).Has(send), -1);
        var gate = GateOf(send, readings);
        if (unshown < 0 && (gate < 0 || !_ways.Gate(gate).Editable || !Holds(gate, send))) return;
        var read = _draft.Index.PositionOf(readings[0].Path.Name);
        if (unshown >= 0 && gate < 0) gate = Nearest(send, readings);
        var fix = gate < 0 ? null : Instead(readings, gate);
        var instead = gate < 0 ? "Show it in the 'subject' of an approval before it, and read the approval." : $"Read what was approved: {{{{ {_draft.Graph.Nodes[gate].Id} }}}}.";
        var what = read == unshown ? $"{_draft.Called(read)}, a model's answer" : $"'{readings[0].Path}', made from {(unshown < 0 ? "a model's answer" : $"the answer of {_draft.Called(unshown)}")}";
        var message = unshown >= 0 ? $"{_draft.Called(send)} reads {what} that no approval before it surely shows. {instead}"
            : $"{_draft.Called(send)} reads '{readings[0].Path}' itself: what a reviewer changes at {_draft.Called(gate)} would be lost. {instead}";
        _draft.Warn("unreviewed_text", readings[0].Pointer, send, message, fix);
    }

    /// <summary>What can be reached without passing a gate that surely shows the model's answer.</summary>
    private SendWays.Reach Unshown(int model)
    {
        if (_unshown.TryGetValue(model, out var known)) return known;
        var showing = _ways.Gates.Where(gate => !SendCheck.IsConditional(_ways.Gate(gate))
            && _draft.ReadingsOf(gate).Any(reading => reading.Setting == "subject" && _answers.Has(reading, model))).ToHashSet();
        return _unshown[model] = _ways.FromStart(showing.Contains);
    }

    /// <summary>True where no way leads to the send without an approval of this gate.</summary>
    private bool Holds(int gate, int send)
    {
        if (!_around.TryGetValue(gate, out var around)) _around[gate] = around = _ways.FromStart(held => held == gate);
        return !around.Has(send);
    }

    /// <summary>The nearest gate before the send whose whole subject is what is read, or holds it; -1 where there is none.</summary>
    private int GateOf(int send, List<Reading> readings) => Before(send)
        .FirstOrDefault(gate => Subject(gate) is { } subject && readings.TrueForAll(reading => Starts(reading.Path, subject)), -1);

    /// <summary>The nearest gate that the send cannot do without, where its text could stand for what is read.</summary>
    private int Nearest(int send, List<Reading> readings) => readings[0].Setting is not ("text" or "html") || readings.Exists(reading => reading.Path.Segments.Count > 0) ? -1
        : Before(send).FirstOrDefault(gate => _ways.Gate(gate).Subject is { ValueKind: JsonValueKind.String } && Holds(gate, send), -1);

    private IEnumerable<int> Before(int send) => _ways.Gates.Where(gate => _draft.Index.IsUpstream(gate, send))
        .OrderByDescending(_draft.Index.DepthOf).ThenByDescending(_draft.Index.Order.RankOf);

    /// <summary>The one path that a gate's subject is.</summary>
    private ValuePath? Subject(int gate) => _draft.ReadingsOf(gate).Where(reading => reading.Setting == "subject").ToList() is [var only]
        && only.Pointer == Draft.PathOf(gate, "/settings/subject") && (only.Form == ReadingForm.Bare || TemplateCache.Get(only.Source).LonePath is not null) ? only.Path : null;

    private ProblemFix? Instead(List<Reading> readings, int gate)
    {
        var id = _draft.Graph.Nodes[gate].Id;
        var subject = Subject(gate);
        var parts = subject is not null && readings.TrueForAll(reading => Starts(reading.Path, subject)) ? subject.Segments.Count : 0;
        return TemplateText.Instead(readings, parts, id) is { } fix ? fix with { Title = $"Read {{{{ {id} }}}} instead" } : null;
    }

    private static bool Starts(ValuePath path, ValuePath with) => path.Name == with.Name && path.Segments.Take(with.Segments.Count).SequenceEqual(with.Segments);
}
