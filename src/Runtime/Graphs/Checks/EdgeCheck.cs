using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Edges: both ends there, ports there, none twice, none through a container's wall.</summary>
internal static class EdgeCheck
{
    public static void Run(Draft draft)
    {
        var seen = new HashSet<(string, string, string, string)>();
        for (var at = 0; at < draft.Graph.Edges.Count && !draft.IsFull; at++)
        {
            var edge = draft.Graph.Edges[at];
            var path = Pointer.Of("edges", at);
            var (from, to) = (draft.Index.PositionOf(edge.From), draft.Index.PositionOf(edge.To));
            if (from < 0) Lost(draft, path, "from", edge.From, "from");
            if (to < 0) Lost(draft, path, "to", edge.To, "to");
            if (!seen.Add((edge.From, edge.FromPort, edge.To, edge.ToPort)))
                draft.Error("edge_duplicate", path, from, $"{Called(draft, edge.From)} and {Called(draft, edge.To)} are connected twice.", Removal(path));
            if (from >= 0) FromPort(draft, $"{path}/fromPort", edge, from);
            if (to >= 0) ToPort(draft, path, edge, to);
            if (from < 0 || to < 0) continue;
            if (from == to) draft.Error("cycle", path, from, $"{draft.Called(from)} is connected to itself.", Removal(path));
            else if (draft.Index.ParentOf(from) != draft.Index.ParentOf(to) && IsPlaced(draft, from) && IsPlaced(draft, to))
                draft.Error("edge_wall", path, from, $"The connection from {draft.Called(from)} to {draft.Called(to)} goes through a container's wall. Connect nodes of the same container, or the container itself.");
        }
    }

    private static void Lost(Draft draft, string path, string end, string id, string direction)
    {
        var nearest = draft.Suggest(id, [.. draft.Graph.Nodes.Select(node => node.Id)]);
        draft.Error("edge_node", $"{path}/{end}", -1, $"A connection leads {direction} node '{id}', which is not in the file{Nearest.Ask(nearest)}",
            nearest is null ? Removal(path) : new ProblemFix($"Connect '{nearest}'", GraphPatch.Set($"{path}/{end}", nearest)));
    }

    private static void FromPort(Draft draft, string path, GraphEdge edge, int from)
    {
        if (draft.Bound[from] is not { } bound || bound.Ports.Contains(edge.FromPort)) return;
        if (edge.FromPort == "error" && bound.Settings is StepSettings)
        {
            var settings = draft.Graph.Nodes[from].Settings;
            var patch = settings.ValueKind == JsonValueKind.Object && settings.EnumerateObject().Any()
                ? GraphPatch.Set(Draft.PathOf(from, "/settings/onError"), "route")
                : GraphPatch.Set(Draft.PathOf(from, "/settings"), new JsonObject { ["onError"] = "route" });
            draft.Error("error_port", path, from, $"A connection leaves {draft.Called(from)} by 'error', but its setting 'onError' is not 'route'.",
                new ProblemFix("Set 'onError' to 'route'", patch));
            return;
        }
        var nearest = bound.Ports.Count == 1 ? bound.Ports[0] : Nearest.To(edge.FromPort, bound.Ports);
        var outputs = bound.Ports.Count == 0 ? "It has none." : $"Outputs: {string.Join(", ", bound.Ports)}.";
        draft.Error("edge_port", path, from, $"{draft.Called(from)} has no output '{edge.FromPort}'. {outputs}",
            nearest is not null ? new ProblemFix($"Connect '{nearest}'", GraphPatch.Set(path, nearest)) : bound.Ports.Count == 0 ? Removal(path[..path.LastIndexOf('/')]) : null);
    }

    private static void ToPort(Draft draft, string path, GraphEdge edge, int to)
    {
        if (draft.Graph.Nodes[to].Kind == "input")
            draft.Error("edge_port", $"{path}/toPort", to, $"{draft.Called(to)} is where runs start; nothing can lead to it.", Removal(path));
        else if (edge.ToPort != "in")
            draft.Error("edge_port", $"{path}/toPort", to, $"{draft.Called(to)} has no input '{edge.ToPort}'. Inputs: in.", new ProblemFix("Connect 'in'", GraphPatch.Set($"{path}/toPort", "in")));
    }

    private static bool IsPlaced(Draft draft, int node) => draft.Graph.Nodes[node].Parent is null || draft.Index.ParentOf(node) >= 0;

    private static string Called(Draft draft, string id) => draft.Index.Find(id) is { } node ? Names.Of(node) : $"'{id}'";

    private static ProblemFix Removal(string path) => GraphPatch.Removal(path, "connection") with { Title = "Remove the connection" };
}
