using System.Text.Json;
using Bunit;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Runs.Results;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Runs.Results;

/// <summary>The table of results: columns, filters, pages, and texts that somebody else wrote.</summary>
public sealed class ResultsPageTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task A_run_is_a_row_and_inputs_and_outputs_are_columns()
    {
        var pipeline = await PublishAsync();
        var run = await _screen.Host.RunAsync(pipeline, new { text = "Hello", n = -2.5, any = new { a = new[] { 1, 2 } } });
        await _screen.Host.SettleAsync();
        var page = Show(pipeline);
        Assert.Equal(["when", "inputs.text", "inputs.n", "inputs.any", "outputs.answer", "version", "trigger", "cost"], Columns(page));
        var cells = page.FindAll($"[data-run-id='{run}'] td").Select(x => x.TextContent).ToList();
        Assert.Equal(["Hello", "-2.5", """{"a":[1,2]}""", "Hello", "1", "Program", "$0.00"], cells[1..]);
        Assert.Equal($"/runs/{run}", page.Find($"[data-run-id='{run}'] a").GetAttribute("href"));
        Assert.Contains("right", page.Find("[data-column='inputs.n']").ClassName, StringComparison.Ordinal);
        Assert.DoesNotContain("right", page.Find("[data-column='inputs.text']").ClassName ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_ran_one_action_stands_and_where_only_tries_did_they_are_offered()
    {
        var pipeline = await PublishAsync();
        Assert.Equal($"/pipelines/{pipeline}/run", Show(pipeline).Find(".empty a").GetAttribute("href"));
        Assert.Equal($"/pipelines/{pipeline}", Show(pipeline, by: await _screen.MemberAsync(Role.Viewer)).Find(".empty a").GetAttribute("href"));
        Assert.Empty(Show(pipeline).FindAll("[download]"));
        await StoreAsync(pipeline, 1, x => x.Try = true);
        Assert.Equal($"/pipelines/{pipeline}/results?tries=true", Show(pipeline).Find(".empty a").GetAttribute("href"));
        Assert.Single(Show(pipeline, "?tries=true").FindAll("[data-run-id]"));
        Assert.Contains("Drop one of them", Show(pipeline, "?status=Rejected").Markup, StringComparison.Ordinal);
        Assert.Contains("There is no such pipeline", Show(Guid.NewGuid()).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_are_in_the_address_and_in_the_files_addresses()
    {
        var pipeline = await PublishAsync();
        await StoreAsync(pipeline, 1, x => (x.Inputs, x.CreatedAt) = ("""{"text":"A caf\u00e9"}""", new DateTimeOffset(2026, 3, 31, 23, 59, 59, TimeSpan.Zero)));
        await StoreAsync(pipeline, 2, x => (x.Status, x.ErrorCode, x.ErrorMessage, x.CreatedAt) = (RunStatus.Failed, "timeout", "It took too long.", new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(["2", "1"], Rows(Show(pipeline)));
        Assert.Equal(["1"], Rows(Show(pipeline, "?q=caf%C3%A9")));
        Assert.Equal(["2"], Rows(Show(pipeline, "?q=too%20long")));
        Assert.Equal(["2"], Rows(Show(pipeline, "?status=Failed")));
        Assert.Equal(["1"], Rows(Show(pipeline, "?from=2026-03-31&to=2026-03-31"))); // the last day too
        Assert.Equal(["2"], Rows(Show(pipeline, "?from=2026-04-01")));
        Assert.Contains("from must be a time", Show(pipeline, "?from=yesterday").Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Contains("error", Columns(Show(pipeline)));
        Assert.DoesNotContain("error", Columns(Show(pipeline, "?q=caf%C3%A9")));
        var page = Show(pipeline, "?from=2026-03-31&hide=cost");
        await page.Find("select[aria-label=State]").ChangeAsync(new() { Value = "Succeeded" });
        Assert.EndsWith($"/pipelines/{pipeline}/results?from=2026-03-31&hide=cost&status=Succeeded", _screen.Address, StringComparison.Ordinal);
        page = Show(pipeline, "?q=A%20caf%C3%A9&to=2026-03-31&hide=cost");
        Assert.Equal($"/pipelines/{pipeline}/results.csv?q=A%20caf%C3%A9&to=2026-04-01T00%3A00%3A00Z", page.Find("[data-action=csv]").GetAttribute("href"));
        Assert.True(page.Find("[data-action=jsonl]").HasAttribute("download"));
    }

    [Fact]
    public async Task Columns_are_hidden_and_shown_again_by_the_address()
    {
        var pipeline = await PublishAsync();
        await StoreAsync(pipeline, 1, _ => { });
        var page = Show(pipeline);
        await page.Find("[data-action=columns]").ClickAsync(new());
        Assert.Equal("true", page.Find("[data-action=columns]").GetAttribute("aria-expanded"));
        await page.Find("[data-shows='inputs.n']").ChangeAsync(new() { Value = false });
        Assert.EndsWith("/results?hide=inputs.n", _screen.Address, StringComparison.Ordinal);
        page = Show(pipeline, "?hide=inputs.n,cost,unknown");
        Assert.Equal(["when", "inputs.text", "inputs.any", "outputs.answer", "version", "trigger"], Columns(page));
        await page.Find("[data-action=columns]").ClickAsync(new());
        await page.Find("[data-shows='cost']").ChangeAsync(new() { Value = true });
        Assert.EndsWith("hide=inputs.n%2Cunknown", _screen.Address, StringComparison.Ordinal);
        await page.Find("#columns").KeyDownAsync(new Microsoft.AspNetCore.Components.Web.KeyboardEventArgs { Key = "Escape" });
        Assert.Empty(page.FindAll("#columns"));
    }

    [Fact]
    public async Task A_page_has_fifty_rows_and_leads_to_older_ones()
    {
        var pipeline = await PublishAsync();
        for (var i = 1; i <= 61; i++) await StoreAsync(pipeline, i, _ => { });
        var first = Show(pipeline);
        var (newest, next) = (Rows(first), first.FindAll("a.btn").Single(x => x.TextContent == "Older").GetAttribute("href")!);
        await _screen.LeaveAsync();
        var older = Show(pipeline, new Uri(next).Query);
        Assert.Equal((50, 11, 61), (newest.Count, Rows(older).Count, newest.Union(Rows(older)).Count()));
        Assert.DoesNotContain(older.FindAll("a.btn"), x => x.TextContent == "Older");
        Assert.Equal(50, Rows(Show(pipeline, "?after=forged")).Count);
    }

    [Fact]
    public async Task What_others_wrote_is_text_and_nothing_hides_in_it()
    {
        var pipeline = await PublishAsync();
        var text = "<img src=x onerror=alert(1)> \u202egpj.exe \u200b" + new string('x', 70_000);
        await StoreAsync(pipeline, 1, x => (x.Inputs, x.ErrorCode, x.ErrorMessage, x.Status) = (JsonSerializer.Serialize(new { strange = "=1+1", text, n = "after it" }), "failed", text, RunStatus.Failed));
        var page = Show(pipeline);
        Assert.Empty(page.FindAll("img"));
        Assert.Contains("⟨U+202E⟩gpj.exe ⟨U+200B⟩", page.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', page.Markup);
        Assert.True(page.Markup.Length < 20_000); // the beginning is shown, and more of it on hover
        Assert.Contains("inputs.strange", Columns(page)); // what no version declares
        var cells = page.FindAll("tbody tr > *").Select(x => x.TextContent).ToList();
        Assert.Equal(("…", "–"), (cells[1 + Columns(page).IndexOf("inputs.n")], cells[1 + Columns(page).IndexOf("outputs.answer")])); // not read, and not there
        Assert.All(page.FindAll("td[title]"), x => Assert.InRange(x.GetAttribute("title")!.Length, 0, 1_100));
    }

    [Fact]
    public async Task What_comes_meanwhile_is_shown()
    {
        var pipeline = await PublishAsync();
        var page = Show(pipeline);
        var run = await _screen.Host.RunAsync(pipeline, new { text = "Now" });
        page.WaitForAssertion(() => Assert.Equal("Succeeded", page.Find($"[data-run-id='{run}']").GetAttribute("data-state")), TimeSpan.FromSeconds(10));
    }

    private Task<Guid> PublishAsync() => _screen.Host.PublishAsync(PipelineFile.Named("Echo")
        .Node("input", "input", new { fields = new[] { new { name = "text", type = "text" }, new { name = "n", type = "number" }, new { name = "any", type = "json" } } }).Output("answer", "{{ input.text }}").Edge("input", "out"));

    private Task StoreAsync(Guid pipeline, int number, Action<Run> change) => _screen.Host.Database.WriteAsync(_screen.Ana.Workspace, async (db, cancel) =>
    {
        var run = new Run
        {
            Key = 1_000 + number, Id = Guid.CreateVersion7(), PipelineKey = (await db.Pipelines.SingleAsync(x => x.Id == pipeline, cancel)).Key, Version = 1, Status = RunStatus.Succeeded, StartedBy = "ana", Account = $"{number}",
            CreatedAt = DateTimeOffset.UnixEpoch.AddHours(number), Inputs = $$"""{"text":"{{number}}"}""",
        };
        change(run);
        db.Runs.Add(run);
        return 0;
    }, CancellationToken.None);

    private IRenderedComponent<ResultsPage> Show(Guid pipeline, string query = "", Actor? by = null)
    {
        _screen.Go($"/pipelines/{pipeline}/results{query}");
        return _screen.Show<ResultsPage>(by ?? _screen.Ana, x => x.Add(p => p.Id, pipeline));
    }

    private static List<string> Columns(IRenderedComponent<ResultsPage> page) => [.. page.FindAll("[data-column]").Select(x => x.GetAttribute("data-column")!)];

    /// <summary>The numbers of the stored runs that are shown.</summary>
    private List<string> Rows(IRenderedComponent<ResultsPage> page)
    {
        using var db = _screen.Host.Database.Read(_screen.Ana.Workspace);
        var known = db.Runs.Select(x => new { x.Id, x.Account }).ToDictionary(x => x.Id.ToString(), x => x.Account!);
        return [.. page.FindAll("[data-run-id]").Select(x => known[x.GetAttribute("data-run-id")!])];
    }
}
