using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Runs;

/// <summary>Lists cost what they show, not what is stored.</summary>
[Collection(AppCollection.Name)]
public sealed class RunListTests(App app)
{
    public static TheoryData<string, RunFilter> Filters => new()
    {
        { "IX_Runs_WorkspaceId_CreatedAt (WorkspaceId=?)", new RunFilter() },
        { "IX_Runs_WorkspaceId_CreatedAt (WorkspaceId=? AND CreatedAt>?)", new RunFilter { From = DateTimeOffset.UnixEpoch } },
        { "IX_Runs_Status_WorkspaceId_CreatedAt (Status=? AND WorkspaceId=?)", new RunFilter { Statuses = [RunStatus.Failed] } },
        { "IX_Runs_Status_WorkspaceId_CreatedAt (Status=? AND WorkspaceId=?)", new RunFilter { Statuses = [RunStatus.Queued, RunStatus.Running] } },
        { "IX_Runs_Status_WorkspaceId_CreatedAt (Status=? AND WorkspaceId=? AND CreatedAt>?)", new RunFilter { Statuses = [RunStatus.Failed, RunStatus.Cancelled], From = DateTimeOffset.UnixEpoch } },
        { "IX_Runs_WorkspaceId_PipelineKey_CreatedAt (WorkspaceId=? AND PipelineKey=?)", new RunFilter { Pipeline = Guid.NewGuid() } },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Every_filter_ends_in_its_index_and_in_the_index_s_order(string index, RunFilter filter)
    {
        await using var db = app.Database.Read(1);
        var plan = await PlanAsync(db, filter.Apply(db, null, 51));
        var runs = plan.Where(x => x.StartsWith("SEARCH r", StringComparison.Ordinal) || x.StartsWith("SCAN r", StringComparison.Ordinal)).ToList();
        Assert.Equal(Math.Max(1, filter.Statuses.Count), runs.Count(x => x.EndsWith("INDEX " + index, StringComparison.Ordinal)));
        if (filter.Statuses.Count <= 1) Assert.DoesNotContain(plan, x => x.Contains("TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_run_s_page_reads_is_found_by_the_run()
    {
        await using var db = app.Database.Read(1);
        var paths = Enumerable.Range(0, 9).Select(x => $"{x}").ToList();
        foreach (var query in new IQueryable<object>[]
                 {
                     db.ModelCalls.Where(x => x.RunKey == 1 && paths.Contains(x.SortPath)), db.Steps.Where(x => x.RunKey == 1).OrderBy(x => x.SortPath), db.Approvals.Where(x => x.RunKey == 1 && x.SortPath == "1"),
                     db.RunEvents.Where(x => x.RunKey == 1).OrderBy(x => x.Seq),
                 })
            Assert.Contains("(RunKey=?", Assert.Single(await PlanAsync(db, query), x => x.StartsWith("SEARCH", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task<List<string>> PlanAsync(DesignerDb db, IQueryable<object> query)
    {
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(3));
        return plan;
    }

    [Fact]
    public async Task Several_states_are_paged_as_one_list()
    {
        var pipeline = await app.Ana.PublishAsync(App.Gate("Paged"));
        var runs = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            runs.Insert(0, await app.Ana.StartAsync(pipeline, new { text = $"Run {i}" }));
            await app.Ana.SettledAsync(runs[0]);
            if (i % 2 == 0) (await app.Ana.PostAsync($"/runs/{runs[0]}/cancel")).Ok();
        }
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = (await app.Ana.GetAsync($"/runs?pipeline={pipeline}&status=Waiting,Cancelled&limit=2{(next is null ? "" : "&after=" + next)}")).Ok();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(runs, seen);
    }
}
