using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Tests.Runs.Planning;

/// <summary>A random drawing of up to twelve nodes, and what comes of each node if it is started.</summary>
internal sealed class RandomScope
{
    private static readonly string[] Ports = ["out", "a", "b"];

    public RandomScope(Random random, bool fails)
    {
        var count = random.Next(1, 13);
        var density = random.NextDouble();
        var edges = new List<PlanEdge>();
        for (var to = 1; to < count; to++)
            for (var from = 0; from < to; from++)
                if (random.NextDouble() < density) edges.Add(new PlanEdge(from, Ports[random.Next(Ports.Length)], to));
        // Two ports of one node may lead to the same node.
        edges.AddRange(edges.Where(_ => random.Next(6) == 0).Select(x => x with { Port = Ports[random.Next(Ports.Length)] }).ToList());
        Topology = new ScopeTopology(count, edges.Distinct().ToList(), Enumerable.Range(0, count).Select(_ => random.Next(8) == 0).ToArray());
        Outcomes = Enumerable.Range(0, count).Select(_ => fails && random.Next(6) == 0
            ? new NodeState(random.Next(4) == 0 ? StepStatus.Cancelled : StepStatus.Failed)
            : new NodeState(StepStatus.Succeeded, Ports[random.Next(Ports.Length)])).ToArray();
        Waits = Enumerable.Range(0, count).Select(_ => random.Next(5) == 0).ToArray();
    }

    /// <summary>The drawing.</summary>
    public ScopeTopology Topology { get; }

    /// <summary>What comes of each node.</summary>
    public NodeState[] Outcomes { get; }

    /// <summary>Nodes that wait for somebody before they come to their end.</summary>
    public bool[] Waits { get; }

    /// <summary>For the message of a failure.</summary>
    public override string ToString() =>
        $"{Topology.Count} nodes; {string.Join(" ", Topology.Edges.Select(x => $"{x.From}.{x.Port}>{x.To}"))}; disabled {string.Join(",", Enumerable.Range(0, Topology.Count).Where(x => Topology.Disabled[x]))}; {string.Join(" ", Outcomes)}";
}

/// <summary>What a drawing means, said the other way round: asks a node what becomes of it, and that node asks those before it. Knows nothing of time.</summary>
internal sealed class ReferenceInterpreter(RandomScope scope)
{
    private readonly Dictionary<int, NodeState> _known = [];

    /// <summary>What becomes of a node; <c>Pending</c> where it is never reached since something before it fails.</summary>
    public NodeState Of(int node)
    {
        if (_known.TryGetValue(node, out var known)) return known;
        var before = scope.Topology.Edges.Where(x => x.To == node).Select(x => (x.Port, End: Of(x.From))).ToList();
        return _known[node] =
            before.Exists(x => x.End.Status is StepStatus.Pending or StepStatus.Failed or StepStatus.Cancelled) ? default
            : before.Count > 0 && !before.Exists(x => x.End == new NodeState(StepStatus.Succeeded, x.Port)) ? new NodeState(StepStatus.Skipped)
            : scope.Topology.Disabled[node] ? new NodeState(StepStatus.Skipped)
            : scope.Outcomes[node];
    }

    /// <summary>What becomes of all.</summary>
    public NodeState[] All() => Enumerable.Range(0, scope.Topology.Count).Select(Of).ToArray();
}
