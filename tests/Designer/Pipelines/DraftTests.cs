using System.Net;
using System.Text.Json;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

[Collection(AppCollection.Name)]
public sealed class DraftTests(App app)
{
    [Fact]
    public async Task Of_two_who_save_at_once_one_wins_and_the_other_hears_it()
    {
        var id = (await app.Ana.PostAsync("/pipelines", PipelineFile.Chain(1, "stub/m").ToBytes())).Ok().GetProperty("id").GetString();
        var answers = await Task.WhenAll(Enumerable.Range(2, 8).Select(x => app.Ana.SendAsync(HttpMethod.Put, $"/pipelines/{id}/draft", PipelineFile.Chain(x, "stub/m").ToBytes(), ("If-Match", "\"1\""))));
        var won = Assert.Single(answers, x => x.Status == HttpStatusCode.OK);
        Assert.Equal(2, won.Json.GetProperty("draftRevision").GetInt32());
        Assert.All(answers.Where(x => x != won), x => Assert.Equal((HttpStatusCode.PreconditionFailed, "revision_stale"), (x.Status, x.Code)));
        var draft = await app.Ana.GetAsync($"/pipelines/{id}/draft");
        Assert.Equal("\"2\"", draft.Headers.ETag!.Tag);
        Assert.Equal(won.Json.GetProperty("name").GetString(), draft.Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_version_stays_as_it_was_published_and_can_be_activated_again()
    {
        var id = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var first = (await app.Ana.GetAsync($"/pipelines/{id}/versions/1")).Text;
        (await app.Ana.SendAsync(HttpMethod.Put, $"/pipelines/{id}/draft", PipelineFile.Chain(2, "stub/m").ToBytes(), ("If-Match", "\"1\""))).Ok();
        Assert.Equal(2, (await app.Ana.PostAsync($"/pipelines/{id}/versions", new { note = "second" })).Ok().GetProperty("version").GetInt32());
        Assert.Equal(first, (await app.Ana.GetAsync($"/pipelines/{id}/versions/1")).Text);
        Assert.Equal(1, (await app.Ana.PostAsync($"/pipelines/{id}/versions/1/activate")).Ok().GetProperty("activeVersion").GetInt32());
        var run = (await app.Ana.PostAsync($"/pipelines/{id}/runs?wait=30", new { inputs = new { text = "a" } })).Ok();
        Assert.Equal((1, "Succeeded", 3), (run.GetProperty("version").GetInt32(), run.GetProperty("status").GetString(), run.GetProperty("steps").GetArrayLength()));
    }

    [Fact]
    public async Task A_draft_comes_back_byte_for_byte()
    {
        var id = (await app.Ana.PostAsync("/pipelines", App.Gate("Zażółć gęślą jaźń 👩‍👩‍👧").ToBytes())).Ok().GetProperty("id").GetString();
        var first = (await app.Ana.GetAsync($"/pipelines/{id}/draft")).Text;
        (await app.Ana.SendAsync(HttpMethod.Put, $"/pipelines/{id}/draft", first, ("If-Match", "\"1\""))).Ok();
        Assert.Equal(first, (await app.Ana.GetAsync($"/pipelines/{id}/draft")).Text);
    }

    [Theory]
    [InlineData("/pipelines")]
    [InlineData("/runs")]
    [InlineData("/approvals")]
    [InlineData("/keys")]
    [InlineData("/members")]
    public async Task Pages_of_a_list_join_without_gap_or_repetition(string list)
    {
        for (var i = 0; i < 3; i++)
        {
            await app.HeldAsync(App.Gate("Paged"));
            (await app.Ana.PostAsync("/keys", new { name = "paged", kind = "service", scopes = new[] { "read" } })).Ok();
        }
        var whole = Ids((await app.Ana.GetAsync($"{list}?limit=1000000000")).Ok());
        var joined = new List<string>();
        string? after = null;
        do
        {
            var page = (await app.Ana.GetAsync($"{list}?limit=2{(after is null ? "" : "&after=" + after)}")).Ok();
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, 2);
            joined.AddRange(Ids(page));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null && joined.Count < whole.Count + 10);
        Assert.True(whole.Count is > 2 and <= 200);
        Assert.Equal(whole, joined.Take(whole.Count));
        Assert.Equal(joined.Count, joined.Distinct().Count());
    }

    private static List<string> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString()!).ToList();
}
