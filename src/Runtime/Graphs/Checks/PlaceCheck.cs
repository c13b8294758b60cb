using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Where nodes live: one input, one output, containers that are there and not too deep.</summary>
internal static class PlaceCheck
{
    private const int DeepestContainer = 5;

    public static void Run(Draft draft)
    {
        OneOf(draft, "input", "one_input", "an Input node", "where every run starts");
        OneOf(draft, "output", "one_output", "an Output node", "where the results are named");
        for (var node = 0; node < draft.Graph.Nodes.Count; node++)
        {
            Parent(draft, node);
            // The outermost of those that are too deep; the ones inside it move with it.
            if (draft.Bound[node]?.Kind.IsContainer == true && draft.Index.DepthOf(node) == DeepestContainer)
                draft.Error("limit", Draft.PathOf(node, "/parent"), node, $"{draft.Called(node)} lies in {DeepestContainer} containers; containers may be {DeepestContainer} deep.");
        }
    }

    private static void OneOf(Draft draft, string kind, string code, string called, string why)
    {
        var all = Enumerable.Range(0, draft.Graph.Nodes.Count).Where(node => draft.Graph.Nodes[node].Kind == kind).ToList();
        var outside = all.Where(node => draft.Graph.Nodes[node].Parent is null).ToList();
        foreach (var node in all.Where(node => draft.Graph.Nodes[node].Parent is not null))
            draft.Error(code, Draft.PathOf(node, "/parent"), node, $"{draft.Called(node)} is {called} inside a container; there is exactly one, outside all containers.",
                outside.Count == 0 && all.Count == 1 ? GraphPatch.Removal(Draft.PathOf(node, "/parent"), "parent") : null);
        foreach (var node in outside.Skip(1))
            draft.Error(code, Draft.PathOf(node), node, $"{draft.Called(node)} is one {kind} too many: {draft.Called(outside[0])} is there already.");
        if (all.Count > 0) return;
        var id = kind;
        for (var number = 2; draft.Index.Find(id) is not null; number++) id = $"{kind}_{number}";
        var message = draft.Graph.Nodes.Count == 0 ? $"The pipeline has no nodes. Add {called}, {why}." : $"The pipeline has no {kind}. Add {called}, {why}.";
        draft.Error(code, "/nodes", -1, message, new ProblemFix($"Add {called}", GraphPatch.Set("/nodes/-", new JsonObject { ["id"] = id, ["kind"] = kind, ["position"] = Beside(draft.Graph, kind) })));
    }

    private static JsonObject Beside(Graph graph, string kind)
    {
        var outside = graph.Nodes.Where(node => node.Parent is null).Select(node => node.Position).DefaultIfEmpty().ToList();
        var x = kind == "input" ? outside.Min(point => point.X) - 280 : outside.Max(point => point.X) + 280;
        return new JsonObject { ["x"] = x, ["y"] = outside[0].Y };
    }

    private static void Parent(Draft draft, int node)
    {
        if (draft.Graph.Nodes[node].Parent is not { } parent || draft.Index.ParentOf(node) >= 0) return;
        var path = Draft.PathOf(node, "/parent");
        var found = draft.Index.PositionOf(parent);
        if (found >= 0 && draft.IsContainer(found) && found != node)
            draft.Error("bad_parent", path, node, $"{draft.Called(node)} lies in {draft.Called(found)}, which lies in {draft.Called(node)}.", Removed(path));
        else if (found >= 0)
            draft.Error("bad_parent", path, node, found == node ? $"{draft.Called(node)} cannot lie in itself." : $"{draft.Called(node)} cannot lie in {draft.Called(found)}, which is no container.", Removed(path));
        else
        {
            var containers = Enumerable.Range(0, draft.Graph.Nodes.Count).Where(other => other != node && draft.Bound[other]?.Kind.IsContainer == true).Select(other => draft.Graph.Nodes[other].Id);
            var nearest = draft.Suggest(parent, [.. containers]);
            draft.Error("bad_parent", path, node, $"{draft.Called(node)} lies in the container '{parent}', which is not in the file{Nearest.Ask(nearest)}",
                nearest is null ? Removed(path) : new ProblemFix($"Put it into '{nearest}'", GraphPatch.Set(path, nearest)));
        }
    }

    private static ProblemFix Removed(string path) => GraphPatch.Removal(path, "parent") with { Title = "Take it out of the container" };
}
