using PromptDesigner.Runtime.Nodes.Approval;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Sending;

/// <summary>The gates without whose approval a step cannot be reached: what the drawing says, looked up again when something leaves.</summary>
internal static class SendGates
{
    /// <summary>Their steps in sorting form, in their latest round; those around a container too.</summary>
    public static IReadOnlyList<string> Of(StepState step)
    {
        var gates = new List<string>();
        for (var at = step; at is not null; at = at.Scope.Container)
            gates.AddRange(at.Scope.Steps.Where(gate => gate.Node.Kind is ApprovalNode && gate != at && !Reaches(at.Scope.Plan, gate.Node.Rank, at.Node.Rank)).Select(gate => gate.SortPath));
        return gates;
    }

    /// <summary>True where a way leads from a start of the scope to a node without leaving the gate by <c>approved</c>.</summary>
    public static bool Reaches(PlanScope scope, int gate, int to)
    {
        var reached = new bool[scope.Nodes.Count];
        for (var node = 0; node < reached.Length; node++) // every edge leads from a smaller to a larger number
        {
            var into = scope.Topology.Into(node);
            reached[node] = into.Count == 0;
            foreach (var edge in into) reached[node] |= reached[edge.From] && !scope.Topology.Disabled[edge.From] && !(edge.From == gate && edge.Port == "approved");
        }
        return reached[to];
    }
}
