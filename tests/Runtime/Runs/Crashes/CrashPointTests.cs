using PromptDesigner.Support;
using Xunit.Abstractions;

namespace PromptDesigner.Runtime.Tests.Runs.Crashes;

/// <summary>The process dies at every hit of every crash point, in pairs over small graphs, and at seeded random places; nothing may be lost or done twice.</summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    /// <summary>Set to run more seeds by hand: <c>PROMPTDESIGNER_CRASH_SEEDS=10000</c>.</summary>
    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("PROMPTDESIGNER_CRASH_SEEDS"), out var seeds) ? seeds : 500;

    /// <summary>Set to try every pair by hand: <c>PROMPTDESIGNER_CRASH_PAIRS=all</c>; else a part of them, evenly spread.</summary>
    private static bool AllPairs => Environment.GetEnvironmentVariable("PROMPTDESIGNER_CRASH_PAIRS") == "all";

    private static ParallelOptions AtOnce => new() { MaxDegreeOfParallelism = 4 };

    public static TheoryData<string> Names => [.. Scenario.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_death_at_any_hit_loses_nothing_and_repeats_nothing(string name)
    {
        var scenario = Scenario.All[name];
        var (hits, outputs) = await UndisturbedAsync(scenario);
        await Parallel.ForEachAsync(Enumerable.Range(1, hits), AtOnce, async (k, _) => await JudgeAsync(scenario, outputs, k));
        output.WriteLine($"{name}: {hits} hits");
    }

    [Theory]
    [InlineData("chain", 9)]
    [InlineData("gate", 17)]
    [InlineData("list", 23)]
    public async Task Two_deaths_in_one_run_lose_nothing_and_repeat_nothing(string name, int stride)
    {
        var scenario = Scenario.All[name];
        var (hits, outputs) = await UndisturbedAsync(scenario);
        var pairs = from first in Enumerable.Range(1, hits) from second in Enumerable.Range(1, hits) where (first + second) % (AllPairs ? 1 : stride) == 0 select (first, second);
        await Parallel.ForEachAsync(pairs, AtOnce, async (pair, _) => await JudgeAsync(scenario, outputs, pair.first, pair.second));
    }

    [Fact]
    public async Task A_decision_outlives_three_deaths_in_a_row_and_the_retry_after_them()
    {
        var scenario = Scenario.All["undone"];
        var (_, outputs) = await UndisturbedAsync(scenario);
        await Parallel.ForEachAsync(Enumerable.Range(36, 12), AtOnce, async (first, _) => await JudgeAsync(scenario, outputs, first, 13, 8)); // around the send that follows the gate
    }

    [Fact]
    public async Task Seeded_deaths_anywhere_lose_nothing_and_repeat_nothing()
    {
        var expected = new Dictionary<string, (int Hits, string? Outputs)>();
        foreach (var scenario in Scenario.All.Values) expected[scenario.Name] = await UndisturbedAsync(scenario);
        var names = Scenario.All.Keys.Order(StringComparer.Ordinal).ToList();
        await Parallel.ForEachAsync(Enumerable.Range(1, Seeds), AtOnce, async (seed, _) =>
        {
            var random = new Random(seed);
            var scenario = Scenario.All[names[random.Next(names.Count)]];
            var (hits, outputs) = expected[scenario.Name];
            var deaths = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, hits + 1)).ToArray();
            await JudgeAsync(scenario, outputs, deaths);
        });
        output.WriteLine($"{Seeds} seeded runs");
    }

    [Fact]
    public async Task Every_named_place_is_hit_by_some_scenario()
    {
        var hit = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scenario in Scenario.All.Values)
        {
            await using var run = new CrashRun(scenario);
            await run.DriveAsync();
            hit.UnionWith(run.Names.Keys);
        }
        Assert.Empty(new[]
        {
            "accept.before-commit", "accept.after-commit", "own.before-claim", "own.after-claim", "step.before-start", "step.after-render", "call.before-request", "call.after-answer",
            "call.before-retry-wait", "outcome.before-commit", "outcome.inside-group", "outcome.after-commit", "container.before-next", "wait.before-commit", "wait.after-commit",
            "decision.before-commit", "decision.after-commit", "release.before-wake", "undo.before-commit", "revise.before-commit", "cancel.before-commit", "cancel.after-commit",
            "retry.before-commit", "end.before-commit", "end.after-commit",
        }.Except(hit));
    }

    private static async Task<(int Hits, string? Outputs)> UndisturbedAsync(Scenario scenario)
    {
        await using var run = new CrashRun(scenario);
        await run.DriveAsync();
        var outputs = (string?)await run.Engine.ScalarAsync("SELECT Outputs FROM Runs");
        Assert.Empty(await Checker.JudgeAsync(run, scenario, outputs));
        return (run.Hits, outputs);
    }

    private static async Task JudgeAsync(Scenario scenario, string? outputs, params int[] deaths)
    {
        await using var run = new CrashRun(scenario, deaths);
        try
        {
            await run.DriveAsync();
            var wrong = await Checker.JudgeAsync(run, scenario, outputs);
            Assert.True(wrong.Count == 0, $"{scenario.Name}, deaths at {string.Join(", ", deaths)} ({string.Join(", ", run.Places)}):\n{string.Join("\n", wrong.Take(5))}");
        }
        catch (TimeoutException error)
        {
            Assert.Fail($"{scenario.Name}, deaths at {string.Join(", ", deaths)} ({string.Join(", ", run.Places)}): {error.Message}");
        }
    }
}
