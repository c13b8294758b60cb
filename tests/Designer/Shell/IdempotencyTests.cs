using System.Net;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Shell;

[Collection(AppCollection.Name)]
public sealed class IdempotencyTests(App app)
{
    [Fact]
    public async Task The_same_request_with_the_same_key_gives_the_same_thing_and_another_one_is_refused()
    {
        var pipeline = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var run = (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = "a" } })).Ok().GetProperty("id").GetString();
        await app.OverAsync(run!);
        (string Path, object Same, object Other)[] calls =
        [
            ("/pipelines", PipelineFile.Chain(1, "stub/m").ToBytes(), PipelineFile.Chain(2, "stub/m").ToBytes()),
            ($"/pipelines/{pipeline}/versions", new { note = "a" }, new { note = "b" }),
            ($"/pipelines/{pipeline}/runs", new { inputs = new { text = "a" } }, new { inputs = new { text = "b" } }),
            ("/schedules", new { pipeline, inputs = new { text = "a" }, cron = "0 0 1 1 *", timeZone = "UTC" }, new { pipeline, inputs = new { text = "b" }, cron = "0 0 1 1 *", timeZone = "UTC" }),
            ("/keys", new { name = "a", kind = "service", scopes = new[] { "read" } }, new { name = "b", kind = "service", scopes = new[] { "read" } }),
            ("/members", new { email = "twice@example.org", role = "viewer", password = "correct horse battery" }, new { email = "other@example.org", role = "viewer", password = "correct horse battery" }),
        ];
        foreach (var (path, same, other) in calls)
        {
            var key = ("Idempotency-Key", "key of " + path);
            var first = await app.Ana.PostAsync(path, same, key);
            var second = await app.Ana.PostAsync(path, same, key);
            Assert.Equal(first.Status, second.Status);
            Assert.Equal(Id(first.Ok()), Id(second.Ok()));
            var refused = await app.Ana.PostAsync(path, other, key);
            Assert.Equal((HttpStatusCode.Conflict, "idempotency_reused"), (refused.Status, refused.Code));
        }
        var copy = ("Idempotency-Key", "copy");
        Assert.Equal(Id((await app.Ana.PostAsync($"/pipelines/{pipeline}/duplicate", null, copy)).Ok()), Id((await app.Ana.PostAsync($"/pipelines/{pipeline}/duplicate", null, copy)).Ok()));
        var rerun = ("Idempotency-Key", "rerun");
        Assert.Equal(Id((await app.Ana.PostAsync($"/runs/{run}/rerun", null, rerun)).Ok()), Id((await app.Ana.PostAsync($"/runs/{run}/rerun", null, rerun)).Ok()));
    }

    [Fact]
    public async Task A_key_is_shown_once_even_where_its_request_is_repeated()
    {
        var key = ("Idempotency-Key", "shown once");
        var body = new { name = "once", kind = "service", scopes = new[] { "read" } };
        Assert.StartsWith("pd_live_", (await app.Ana.PostAsync("/keys", body, key)).Ok().GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.Null((await app.Ana.PostAsync("/keys", body, key)).Ok().GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_hundred_requests_at_once_with_one_key_start_one_run()
    {
        var pipeline = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var before = await app.ScalarAsync("SELECT COUNT(*) FROM Runs");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.Ana.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = "a" } }, ("Idempotency-Key", "hundred"))));
        Assert.All(answers, x => Assert.Equal(HttpStatusCode.Accepted, x.Status));
        var id = Assert.Single(answers.Select(x => Id(x.Json)).Distinct())!;
        Assert.Equal(before + 1, await app.ScalarAsync("SELECT COUNT(*) FROM Runs"));
        await app.OverAsync(id);
        Assert.Equal(1, app.Model.Log.Count(x => x.Run == id));
    }

    private static string? Id(System.Text.Json.JsonElement json) => json.TryGetProperty("id", out var id) ? id.GetString() : json.GetRawText();
}
