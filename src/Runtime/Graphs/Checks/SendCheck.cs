using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.Nodes.Approval;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Sends need a person: no way leads to one that does not leave an approval by <c>approved</c>, and that approval is a person's.</summary>
internal sealed class SendCheck
{
    private const double Step = 280;
    private const int MostNames = 8;

    private readonly Draft _draft;
    private readonly SendWays _ways;

    private SendCheck(Draft draft, SendWays ways) => (_draft, _ways) = (draft, ways);

    public static void Run(Draft draft)
    {
        var ways = new SendWays(draft);
        if (ways.Sends.Count == 0) return;
        var check = new SendCheck(draft, ways);
        // First what hinders trying too: of a thousand errors no more are kept.
        check.Machines();
        check.Revisions();
        check.Gates();
        ReviewCheck.Run(draft, ways);
    }

    /// <summary>True for a gate that may let pass without anybody.</summary>
    public static bool IsConditional(ApprovalSettings gate) => gate.When is not null || gate.Sample < 1;

    private void Gates()
    {
        var sure = _ways.FromStart(gate => !IsConditional(_ways.Gate(gate)));
        var any = _ways.FromStart(_ => true);
        foreach (var send in _ways.Sends.Where(sure.Has))
        {
            if (_draft.Facts.MaySendUngated?.Invoke(_draft.Graph.Nodes[send].Id) == true) continue;
            if (any.Has(send))
                Report("ungated_send", send, $"No person approves what {_draft.Called(send)} sends: {Names(any.WayTo(send))}. Put an Approval before it.", Approval(send));
            else
                Conditional(send, sure.LastGate(send));
        }
    }

    private void Conditional(int send, int gate)
    {
        var settings = _ways.Gate(gate);
        string[] passing = [.. new[] { settings.When is null ? null : "when", settings.Sample < 1 ? "sample" : null }.OfType<string>()];
        var why = settings.When is null ? "it reviews only the share of runs that 'sample' says" : "it lets pass where 'when' does not hold";
        var patch = new JsonArray([.. passing.Select(name => new JsonObject { ["op"] = "remove", ["path"] = Draft.PathOf(gate, $"/settings/{name}") })]);
        Report("conditional_gate", send, $"{_draft.Called(send)} may send what no person approved: before it stands {_draft.Called(gate)}, but {why}. Remove that setting, or put another Approval before {_draft.Called(send)}.",
            new ProblemFix($"Let {_draft.Called(gate)} ask a person each time", patch));
    }

    private void Machines()
    {
        if (!_ways.Gates.Any(gate => IsMachine(_ways.Gate(gate)))) return;
        bool Person(int gate) => !IsMachine(_ways.Gate(gate)) && !IsConditional(_ways.Gate(gate));
        var reached = _ways.FromStart(Person);
        var behind = _ways.Behind(Person);
        foreach (var gate in _ways.Gates.Where(gate => IsMachine(_ways.Gate(gate)) && reached.Has(gate)))
        {
            var send = _draft.Index.OutOf(gate).Where(_ways.IsApproval).Select(edge => behind[_draft.Index.To(edge)]).FirstOrDefault(found => found >= 0, -1);
            if (send < 0) continue;
            var path = Draft.PathOf(gate, "/settings/onOverdue");
            _draft.Error("machine_approval", path, gate, $"{_draft.Called(gate)} approves by itself when it is overdue, and then {_draft.Called(send)} sends what no person approved. Let something else follow when it is overdue, or put another Approval before {_draft.Called(send)}.",
                new ProblemFix("Remind the reviewers instead", GraphPatch.Set(path, "remind")));
        }
    }

    private void Revisions()
    {
        int[]? behind = null;
        foreach (var gate in _ways.Gates)
        {
            if (_ways.Gate(gate).Revise is not { Length: > 0 } revise || _draft.Index.PositionOf(revise) is not (>= 0 and var prompt)) continue;
            // What is no prompt before it in the same container is reported as such.
            if (!_draft.Index.IsUpstream(prompt, gate) || _draft.Index.ParentOf(prompt) != _draft.Index.ParentOf(gate)) continue;
            if ((behind ??= _ways.Behind(_ => false))[prompt] < 0) continue;
            var again = _ways.From([prompt], held => held == gate);
            if (_ways.Sends.FirstOrDefault(again.Has, -1) is >= 0 and var send)
                _draft.Error("revise_over_send", Draft.PathOf(gate, "/settings/revise"), gate, $"When changes are asked for at {_draft.Called(gate)}, {_draft.Called(prompt)} and what follows it run again, {_draft.Called(send)} too: {Names(again.WayTo(send))}. Let every way to {_draft.Called(send)} leave {_draft.Called(gate)} by 'approved', or have another prompt revised.");
        }
    }

    private void Report(string code, int send, string message, ProblemFix? fix) =>
        _draft.Report(new Problem(code, _draft.Facts.WarnsOfUngated, Draft.PathOf(send), _draft.Graph.Nodes[send].Id, message, fix));

    /// <summary>An approval of what the node before gives, on the one connection that leads to the send.</summary>
    private ProblemFix? Approval(int send)
    {
        if (_draft.Index.Into(send) is not [var edge] || _draft.Graph.Nodes.Count >= GraphReader.MostNodes) return null;
        var (node, before) = (_draft.Graph.Nodes[send], _draft.Graph.Nodes[_draft.Index.From(edge)]);
        if (!Graphs.Names.IsId(before.Id)) return null;
        var id = "approval";
        for (var number = 2; _draft.Index.Find(id) is not null; number++) id = $"approval_{number}";
        var gap = node.Position.X - before.Position.X;
        var made = new JsonObject
        {
            ["id"] = id,
            ["kind"] = "approval",
            ["position"] = Place(gap >= 2 * Step ? before.Position.X + gap / 2 : node.Position.X, node.Position.Y),
            ["settings"] = new JsonObject { ["subject"] = $"{{{{ {before.Id} }}}}" },
        };
        if (node.Parent is not null) made["parent"] = node.Parent;
        var patch = GraphPatch.Set("/nodes/-", made);
        if (gap < 2 * Step) patch.Add(GraphPatch.Set(Draft.PathOf(send, "/position"), Place(node.Position.X + Step, node.Position.Y))[0]!.DeepClone());
        patch.Add(GraphPatch.Replace($"{Pointer.Of("edges", edge)}/to", id)[0]!.DeepClone());
        patch.Add(GraphPatch.Set("/edges/-", new JsonObject { ["from"] = id, ["fromPort"] = "approved", ["to"] = node.Id })[0]!.DeepClone());
        return new ProblemFix($"Put an Approval before {_draft.Called(send)}", patch);
    }

    private string Names(IReadOnlyList<int> way)
    {
        var names = way.Select(node => _draft.Graph.Nodes[node].Name ?? _draft.Graph.Nodes[node].Id).ToList();
        return string.Join(" → ", names.Count <= MostNames ? names : [.. names.Take(MostNames / 2), "…", .. names.TakeLast(MostNames / 2)]);
    }

    private static JsonObject Place(double x, double y) => new() { ["x"] = x, ["y"] = y };

    private static bool IsMachine(ApprovalSettings gate) => gate.OnOverdue == OnOverdue.Approve;
}
