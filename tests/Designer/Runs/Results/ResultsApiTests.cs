using System.Globalization;
using System.Net;
using System.Text.Json;
using CsvHelper;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Runs.Results;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Runs.Results;

/// <summary>Results as programs and browsers fetch them.</summary>
[Collection(AppCollection.Name)]
public sealed class ResultsApiTests(App app)
{
    [Fact]
    public async Task Every_run_is_a_row_with_its_inputs_and_outputs()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("Rows"));
        await RunAsync(pipeline, new { text = "first", n = 1 });
        await RunAsync(pipeline, new { text = "second, \"quoted\"\nand ü", n = -2.5 });
        var rows = await CsvAsync(pipeline);
        Assert.Equal(["second, \"quoted\"\nand ü|-2.5|Succeeded", "first|1|Succeeded"], rows.Select(x => $"{x["outputs.answer"]}|{x["inputs.n"]}|{x["status"]}"));
        var lines = await LinesAsync(pipeline);
        Assert.Equal(rows.Select(x => x["run"]), lines.Select(x => x.GetProperty("run").GetString()));
        Assert.Equal((-2.5, "second, \"quoted\"\nand ü"), (lines[0].GetProperty("inputs").GetProperty("n").GetDouble(), lines[0].GetProperty("outputs").GetProperty("answer").GetString()));
        Assert.Equal(rows.Select(x => x["run"]), (await CsvAsync(pipeline, by: app.As(Who.Viewer))).Select(x => x["run"]));
    }

    [Fact]
    public async Task A_pipeline_without_runs_has_the_columns_of_its_version()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("Nothing ran"));
        var text = (await app.Ana.GetAsync($"/pipelines/{pipeline}/results.csv")).Text;
        Assert.EndsWith(",errorCode,error,inputs.text,inputs.n,outputs.answer\r\n", text, StringComparison.Ordinal);
        Assert.Empty((await app.Ana.GetAsync($"/pipelines/{pipeline}/results.jsonl")).Text);
    }

    [Fact]
    public async Task A_field_that_was_renamed_keeps_its_column()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("Renamed"));
        await RunAsync(pipeline, new { text = "old" });
        (await app.Ana.SendAsync(HttpMethod.Put, $"/pipelines/{pipeline}/draft", Echo("Renamed", "reply").ToBytes(), ("If-Match", "\"1\""))).Ok();
        (await app.Ana.PostAsync($"/pipelines/{pipeline}/versions", new { note = "renamed" })).Ok();
        await RunAsync(pipeline, new { text = "new" });
        var rows = await CsvAsync(pipeline);
        Assert.Equal(["inputs.text", "inputs.n", "outputs.reply", "outputs.answer"], rows[0].Keys.Skip(15));
        Assert.Equal(["2|new|", "1||old"], rows.Select(x => $"{x["version"]}|{x["outputs.reply"]}|{x["outputs.answer"]}"));
        Assert.Equal(["inputs.text", "inputs.n", "outputs.reply"], (await CsvAsync(pipeline, $"?q={rows[0]["run"]}"))[0].Keys.Skip(15)); // no run of the earlier version
    }

    [Fact]
    public async Task Filters_are_those_of_runs()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("Filtered"));
        var first = await RunAsync(pipeline, new { text = "A café, 100% \"good\"" });
        var second = await RunAsync(pipeline, new { text = "Another one" });
        var tried = (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "Tried" }, @try = true })).Ok().GetProperty("id").GetString()!;
        var between = (await app.Ana.GetAsync($"/runs/{second}")).Ok().GetProperty("createdAt").GetString();
        Assert.Equal([second, first], await FoundAsync(""));
        Assert.Equal([tried, second, first], await FoundAsync("?tries=true"));
        Assert.Equal([first], await FoundAsync("?q=CAF")); // letters without case where they are ASCII
        Assert.Equal([first], await FoundAsync("?q=caf%C3%A9"));
        Assert.Equal([first], await FoundAsync("?q=100%25%20%22good"));
        Assert.Equal([second], await FoundAsync($"?q={second}"));
        Assert.Equal([second], await FoundAsync($"?from={between}"));
        Assert.Equal([first], await FoundAsync($"?to={between}"));
        Assert.Equal([second, first], await FoundAsync("?status=succeeded&trigger=api"));
        Assert.Empty(await FoundAsync("?status=Failed,Rejected"));
        Assert.Empty(await FoundAsync("?trigger=person"));

        async Task<List<string>> FoundAsync(string query) => [.. (await CsvAsync(pipeline, query)).Select(x => x["run"])];
    }

    [Fact]
    public async Task Formulas_that_are_given_to_a_run_leave_as_text()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("=HYPERLINK(\"http://example.org\")"));
        string[] hostile = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", " =1", "＝1", "\t=1", "'=1"];
        foreach (var text in hostile)
            (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text, n = -1 }, account = text })).Ok();
        var rows = await CsvAsync(pipeline);
        foreach (var column in (string[])["inputs.text", "outputs.answer", "account"]) Assert.Equal(hostile.Reverse().Select(x => "'" + x), rows.Select(x => x[column]));
        Assert.All(rows, x => Assert.Equal("-1", x["inputs.n"]));
        Assert.Equal(hostile.Reverse(), (await LinesAsync(pipeline)).Select(x => x.GetProperty("inputs").GetProperty("text").GetString()));
    }

    [Fact]
    public async Task More_than_a_thousand_runs_come_once_each_and_in_order()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("Many"));
        await RunAsync(pipeline, new { text = "now" });
        const int many = 1_250;
        await app.Database.WriteAsync(1, async (db, cancel) =>
        {
            var key = (await db.Pipelines.SingleAsync(x => x.Id == Guid.Parse(pipeline), cancel)).Key;
            for (var i = 1; i <= many; i++)
                db.Runs.Add(new Run { Key = -i, Id = Guid.CreateVersion7(), PipelineKey = key, Version = 1, Status = RunStatus.Succeeded, StartedBy = "x", CreatedAt = DateTimeOffset.UnixEpoch.AddMilliseconds(many - (i / 3)), Inputs = $$"""{"text":"{{i}}"}""", Outputs = "{}" }); // three in each millisecond
            return 0;
        }, CancellationToken.None);
        try
        {
            var rows = await CsvAsync(pipeline);
            Assert.Equal(["now", .. Enumerable.Range(1, many).Select(x => x.ToString(CultureInfo.InvariantCulture))], rows.Select(x => x["inputs.text"]));
            Assert.Equal(rows.Select(x => x["run"]), (await LinesAsync(pipeline)).Select(x => x.GetProperty("run").GetString()));
            Assert.Equal(["1000"], (await CsvAsync(pipeline, "?q=1000")).Select(x => x["inputs.text"]));
        }
        finally
        {
            await app.Database.WriteAsync(1, async (db, cancel) => await db.Runs.Where(x => x.Key < 0).ExecuteDeleteAsync(cancel), CancellationToken.None);
        }
    }

    [Fact]
    public async Task Another_workspace_s_pipeline_is_not_there_and_neither_is_no_pipeline()
    {
        var theirs = await app.As(Who.OtherAdministrator).PublishAsync(Echo("CANARY theirs"));
        foreach (var form in (string[])["csv", "jsonl"])
        {
            Assert.Equal(HttpStatusCode.OK, (await app.As(Who.OtherAdministrator).GetAsync($"/pipelines/{theirs}/results.{form}")).Status);
            foreach (var id in (string[])[theirs, Guid.NewGuid().ToString(), "1 OR 1=1"])
                Assert.Equal((HttpStatusCode.NotFound, "not_found"), (await app.Ana.GetAsync($"/pipelines/{Uri.EscapeDataString(id)}/results.{form}")) is var answer ? (answer.Status, answer.Code) : default);
            Assert.Equal(404, (int)(await (await Browser.OfAsync(app, Who.Administrator)).GetAsync($"/pipelines/{theirs}/results.{form}")).Status);
        }
    }

    [Fact]
    public async Task A_browser_fetches_the_same_file_under_the_pipeline_s_name()
    {
        var pipeline = await app.Ana.PublishAsync(Echo("Ä \"file\"; X-Bad: 1/../.. ☃"));
        await RunAsync(pipeline, new { text = "same" });
        var browser = await Browser.OfAsync(app, Who.Viewer);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Address) };
        foreach (var form in (string[])["csv", "jsonl"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/pipelines/{pipeline}/results.{form}?q=same");
            request.Headers.Add("Cookie", browser.Cookies);
            using var answer = await http.SendAsync(request);
            Assert.Equal((await app.Ana.GetAsync($"/pipelines/{pipeline}/results.{form}")).Text, await answer.Content.ReadAsStringAsync());
            Assert.Equal(form == "csv" ? "text/csv" : "application/jsonl", answer.Content.Headers.ContentType!.MediaType);
            Assert.EndsWith($" results.{form}", answer.Content.Headers.ContentDisposition!.FileNameStar, StringComparison.Ordinal);
            Assert.Equal(("attachment", "no-store", "nosniff"), (answer.Content.Headers.ContentDisposition.DispositionType, answer.Headers.CacheControl!.ToString(), answer.Headers.GetValues("X-Content-Type-Options").Single()));
            Assert.False(answer.Headers.Contains("X-Bad"));
        }
    }

    public static TheoryData<string, RunFilter> Filters => new()
    {
        { "", new RunFilter() },
        { " AND CreatedAt>?", new RunFilter { From = DateTimeOffset.UnixEpoch } },
        { " AND CreatedAt>? AND CreatedAt<?", new RunFilter { From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddDays(1) } },
        { "", new RunFilter { Statuses = [RunStatus.Failed] } },
        { "", new RunFilter { Statuses = [RunStatus.Failed, RunStatus.Queued, RunStatus.Running] } },
        { "", new RunFilter { Trigger = RunTrigger.Schedule, Tries = true } },
        { "", new RunFilter { Text = "parcel" } },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Every_filter_reads_one_pipeline_in_its_index_s_order(string times, RunFilter filter)
    {
        await using var db = app.Database.Read(1);
        var index = $"INDEX IX_Runs_WorkspaceId_PipelineKey_CreatedAt (WorkspaceId=? AND PipelineKey=?{times})";
        Assert.EndsWith("USING " + index, Assert.Single(await PlanAsync(db, ResultList.Window(db, 1, filter, null, null).Take(51))), StringComparison.Ordinal);
        Assert.EndsWith("USING COVERING " + index, Assert.Single(await PlanAsync(db, ResultList.Floor(db, 1, filter, null, 20_000))), StringComparison.Ordinal);
        var place = new ResultPlace(DateTimeOffset.UnixEpoch, 7);
        var between = await PlanAsync(db, ResultList.Window(db, 1, filter, place, place with { Key = 1 }).Take(51));
        Assert.Contains("INDEX IX_Runs_WorkspaceId_PipelineKey_CreatedAt (WorkspaceId=? AND PipelineKey=? AND CreatedAt>? AND CreatedAt<?)", Assert.Single(between), StringComparison.Ordinal);
    }

    private static async Task<List<string>> PlanAsync(DesignerDb db, IQueryable<object> query)
    {
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(3));
        return [.. plan.Where(x => !x.Contains("LIST SUBQUERY", StringComparison.Ordinal) && !x.Contains("json_each", StringComparison.Ordinal))];
    }

    private static PipelineFile Echo(string name, string output = "answer") => PipelineFile.Named(name).Node("input", "input", new { fields = new[] { new { name = "text", type = "text" }, new { name = "n", type = "number" } } })
        .Output(output, "{{ input.text }}").Edge("input", "out");

    private async Task<string> RunAsync(string pipeline, object inputs) => (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs })).Ok().GetProperty("id").GetString()!;

    private async Task<List<JsonElement>> LinesAsync(string pipeline) => [.. (await app.Ana.GetAsync($"/pipelines/{pipeline}/results.jsonl")).Text.Split('\n')[..^1].Select(x => JsonSerializer.Deserialize<JsonElement>(x))];

    private async Task<List<OrderedDictionary<string, string>>> CsvAsync(string pipeline, string query = "", ApiClient? by = null)
    {
        var answer = await (by ?? app.Ana).GetAsync($"/pipelines/{pipeline}/results.csv{query}");
        answer.Ok();
        using var reader = CsvReader.Create(new StringReader(answer.Text.TrimStart('\ufeff')), new CsvReaderOptions { HasHeader = false }, false);
        var records = new List<string[]>();
        while (reader.Read()) records.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return [.. records.Skip(1).Select(x => new OrderedDictionary<string, string>(records[0].Zip(x, KeyValuePair.Create), StringComparer.Ordinal))];
    }
}
