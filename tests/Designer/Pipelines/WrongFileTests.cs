using System.Diagnostics;
using System.Net;

namespace PromptDesigner.Designer.Tests.Pipelines;

[Collection(AppCollection.Name)]
public sealed class WrongFileTests(App app)
{
    public static TheoryData<string> Refused => [.. WrongFile.Refused.Select(x => x.Rule)];

    public static TheoryData<string> Drafts => [.. WrongFile.Drafts.Select(x => x.Rule)];

    [Theory, MemberData(nameof(Refused))]
    public async Task What_cannot_be_read_is_refused_and_stored_nowhere(string rule)
    {
        var file = WrongFile.Refused.Single(x => x.Rule == rule);
        var body = file.Body();
        var before = await app.RowsAsync();
        var clock = Stopwatch.StartNew();
        foreach (var path in (string[])["/pipelines", "/pipelines/validate"])
        {
            var answer = await app.Ana.PostAsync(path, body, ("Expect", "100-continue"));
            Assert.Equal(file.Code, answer.Code);
            Assert.Equal(file.Code switch { "too_large" => 413, "limit" => 422, _ => 400 }, (int)answer.Status);
            Assert.True(answer.Text.Contains(file.Names, StringComparison.Ordinal), answer.Text);
        }
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"It took {clock.Elapsed}.");
        Assert.Equal(before, await app.RowsAsync());
        Assert.True(await app.Ana.IsReadyAsync());
    }

    [Theory, MemberData(nameof(Drafts))]
    public async Task What_can_be_read_but_is_wrong_is_a_draft_never_published_and_never_run(string rule)
    {
        var file = WrongFile.Drafts.Single(x => x.Rule == rule);
        var before = await app.RowsAsync();
        var judged = await app.Ana.PostAsync("/pipelines/validate", file.Body());
        Assert.Equal(HttpStatusCode.OK, judged.Status);
        Assert.Equal(before, await app.RowsAsync());

        var made = await app.Ana.PostAsync("/pipelines", file.Body());
        Assert.Equal(HttpStatusCode.Created, made.Status);
        foreach (var problems in (string[])[judged.Json.GetProperty("errors").GetRawText(), made.Json.GetProperty("problems").GetRawText()])
        {
            Assert.Contains($"\"code\":\"{file.Code}", problems, StringComparison.Ordinal);
            Assert.Contains(file.Names, problems, StringComparison.Ordinal);
        }
        var id = made.Json.GetProperty("id").GetString();
        var published = await app.Ana.PostAsync($"/pipelines/{id}/versions", new { note = "no" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "draft_has_errors"), (published.Status, published.Code));
        Assert.Contains(file.Code, published.Text, StringComparison.Ordinal);
        var run = await app.Ana.PostAsync($"/pipelines/{id}/runs", new { version = "draft", inputs = new { text = "x" } });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "draft_has_errors"), (run.Status, run.Code));
        Assert.Equal("not_published", (await app.Ana.PostAsync($"/pipelines/{id}/runs", new { inputs = new { text = "x" } })).Code);
        Assert.Equal(0, await app.ScalarAsync($"SELECT COUNT(*) FROM Runs WHERE PipelineKey = (SELECT MAX(Key) FROM Pipelines)"));
        Assert.True(await app.Ana.IsReadyAsync());
    }

    [Fact]
    public async Task A_key_in_a_file_is_stored_nowhere()
    {
        const string secret = "sk-canary0123456789abcdefghijklmnop";
        var made = await app.Ana.PostAsync("/pipelines", WrongFile.Whole($$$"""{"id":"x","kind":"prompt","settings":{"prompt":"a","apiKey":"{{{secret}}}"}}""", ""));
        Assert.DoesNotContain(secret, made.Text, StringComparison.Ordinal);
        Assert.Equal(0, await app.ScalarAsync($"SELECT COUNT(*) FROM Pipelines WHERE Draft LIKE '%{secret}%'"));
    }
}
