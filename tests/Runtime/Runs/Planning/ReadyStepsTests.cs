using FsCheck.Xunit;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Tests.Runs.Planning;

/// <summary>R7 on random drawings, outcomes and orders of completion, against an interpreter that works the other way round.</summary>
public sealed class ReadyStepsTests
{
    [Property(MaxTest = 2_000)]
    public void Where_nothing_fails_every_order_of_completion_comes_to_the_end_that_the_drawing_means(int seed)
    {
        var scope = new RandomScope(new Random(seed), fails: false);
        var expected = new ReferenceInterpreter(scope).All();
        for (var order = 0; order < 6; order++) Assert.Equal(expected, Drive(scope, new Random(unchecked(seed * 31 + order))));
    }

    [Property(MaxTest = 2_000)]
    public void Where_something_fails_what_was_reached_is_what_the_drawing_means_and_the_rest_never_began(int seed)
    {
        var scope = new RandomScope(new Random(seed), fails: true);
        var expected = new ReferenceInterpreter(scope).All();
        var fails = expected.Any(x => x.Status is StepStatus.Failed or StepStatus.Cancelled);
        for (var order = 0; order < 6; order++)
        {
            var end = Drive(scope, new Random(unchecked(seed * 31 + order)));
            Assert.Equal(fails, ReadySteps.IsStopping(end));
            for (var node = 0; node < end.Length; node++)
                if (end[node].IsSettled || !fails) Assert.True(expected[node] == end[node], $"{node} is {end[node]} instead of {expected[node]}: {scope}");
        }
    }

    [Property(MaxTest = 25)]
    public void A_thousand_nodes_in_a_row_come_to_their_end(int seed)
    {
        var random = new Random(seed);
        var edges = Enumerable.Range(0, 999).Select(x => new PlanEdge(x, random.Next(200) == 0 ? "a" : "out", x + 1)).ToList();
        var states = new NodeState[1_000];
        var topology = new ScopeTopology(states.Length, edges, new bool[states.Length]);
        var broken = edges.FindIndex(x => x.Port == "a");
        while (ReadySteps.Next(topology, states) is { Ended: false } next)
        {
            foreach (var node in next.Skip) states[node] = new NodeState(StepStatus.Skipped);
            foreach (var node in next.Start) states[node] = new NodeState(StepStatus.Succeeded, "out");
        }
        Assert.Equal(broken < 0 ? 1_000 : broken + 1, states.Count(x => x.Status == StepStatus.Succeeded));
    }

    /// <summary>Plays the run's owner: starts and skips what it is told to, and ends one random node after the other.</summary>
    private static NodeState[] Drive(RandomScope scope, Random random)
    {
        var states = new NodeState[scope.Topology.Count];
        var started = new HashSet<int>();
        for (var turn = 0; ; turn++)
        {
            Assert.True(turn < 10 * states.Length + 10, $"no end: {scope}");
            var before = states.ToArray();
            var next = ReadySteps.Next(scope.Topology, states);
            Assert.Equivalent(next, ReadySteps.Next(scope.Topology, states), strict: true);
            Assert.Equal(before, states);
            if (ReadySteps.IsStopping(states)) Assert.True(next.Start.Count == 0 && next.Skip.Count == 0, $"something goes on after a failure: {scope}");
            foreach (var node in next.Skip)
            {
                Assert.True(states[node].Status == StepStatus.Pending && AreInputsSettled(scope, states, node), $"{node} is skipped too early: {scope}");
                states[node] = new NodeState(StepStatus.Skipped);
            }
            foreach (var node in next.Start)
            {
                Assert.True(started.Add(node), $"{node} starts twice: {scope}");
                Assert.True(states[node].Status == StepStatus.Pending && AreInputsSettled(scope, states, node), $"{node} starts too early: {scope}");
                states[node] = new NodeState(StepStatus.Running);
            }
            if (next.Ended)
            {
                Assert.DoesNotContain(states, x => x.Status == StepStatus.Running);
                if (!ReadySteps.IsStopping(states)) Assert.All(states, x => Assert.True(x.IsSettled, $"ended with {x}: {scope}"));
                return states;
            }
            EndOne(scope, states, random);
        }
    }

    /// <summary>One node that runs or waits goes on; where there is none and the scope is not over, it hangs.</summary>
    private static void EndOne(RandomScope scope, NodeState[] states, Random random)
    {
        var open = Enumerable.Range(0, states.Length).Where(x => states[x].Status is StepStatus.Running or StepStatus.Waiting).ToList();
        Assert.True(open.Count > 0, $"nothing runs and it is not over: {scope}");
        var node = open[random.Next(open.Count)];
        states[node] = states[node].Status == StepStatus.Running && scope.Waits[node] ? new NodeState(StepStatus.Waiting) : scope.Outcomes[node];
    }

    private static bool AreInputsSettled(RandomScope scope, NodeState[] states, int node) => scope.Topology.Edges.Where(x => x.To == node).All(x => states[x.From].IsSettled);
}
