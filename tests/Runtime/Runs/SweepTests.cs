using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>What the engine asks every few seconds costs what is under way, not what is stored.</summary>
public sealed class SweepTests : RunScene
{
    [Theory]
    [InlineData(RunJournal.Queued)]
    [InlineData(RunJournal.Unkept)]
    [InlineData(RunJournal.Beat)]
    [InlineData(RunJournal.Due)]
    public async Task A_sweep_does_not_read_the_runs_that_are_over(string sql)
    {
        var plan = await Engine.QueryAsync("EXPLAIN QUERY PLAN " + System.Text.RegularExpressions.Regex.Replace(sql, "@[0-9]", "0"));
        Assert.DoesNotContain(plan, x => ((string)x[3]!).Contains("SCAN Runs", StringComparison.Ordinal));
    }
}
