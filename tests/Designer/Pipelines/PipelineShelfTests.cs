using System.Net;
using System.Text.Json;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>How pipelines are kept, as programs see it.</summary>
[Collection(AppCollection.Name)]
public sealed class PipelineShelfTests(App app)
{
    [Fact]
    public async Task A_pipeline_shows_who_it_belongs_to_and_what_it_is_tagged_with()
    {
        var made = (await app.As(Who.Designer).PostAsync("/pipelines", App.Gate("Kept").ToBytes())).Ok().GetProperty("id").GetString();
        Expect((await app.Ana.GetAsync($"/pipelines/{made}")).Ok(), App.MailOf(Who.Designer));
        var changed = (await PatchAsync(made, new { tags = new[] { "Mail", "urgent" }, owner = App.MailOf(Who.Viewer) })).Ok();
        Expect(changed, App.MailOf(Who.Viewer), "mail", "urgent");
        Expect((await app.Ana.GetAsync($"/pipelines/{made}")).Ok(), App.MailOf(Who.Viewer), "mail", "urgent");
        Expect((await PatchAsync(made, new { owner = (string?)null })).Ok(), null, "mail", "urgent");
        Expect((await PatchAsync(made, "{}")).Ok(), null, "mail", "urgent");
        var byService = (await app.As(Who.DesignService).PostAsync("/pipelines", App.Gate("By a program").ToBytes())).Ok().GetProperty("id").GetString();
        Expect((await app.Ana.GetAsync($"/pipelines/{byService}")).Ok(), null);
    }

    [Fact]
    public async Task A_list_is_of_one_tag_where_one_is_asked_for()
    {
        var tag = $"tag {Guid.NewGuid():N}";
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await app.Ana.PostAsync("/pipelines", App.Gate("Tagged").ToBytes())).Ok().GetProperty("id").GetString()!);
            if (i < 2) (await PatchAsync(ids[i], new { tags = new[] { "zażółć \"x\"", tag } })).Ok();
        }
        Assert.Equal(ids.Take(2), await ListedAsync($"tag={Uri.EscapeDataString(tag.ToUpperInvariant())}"));
        Assert.Empty(await ListedAsync($"tag={tag[..^1]}"));
        Assert.Equal(2, (await ListedAsync($"tag={Uri.EscapeDataString("zażółć \"x\"")}")).Count);
        var page = (await app.Ana.GetAsync($"/pipelines?limit=1&tag={tag}")).Ok();
        Assert.Equal([ids[1]], await ListedAsync($"tag={tag}&after={page.GetProperty("next").GetString()}"));
    }

    [Fact]
    public async Task An_archived_pipeline_is_left_out_of_the_list_and_comes_back()
    {
        var pipeline = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var run = (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "a" } })).Ok().GetProperty("id").GetString();
        var archived = (await PatchAsync(pipeline, new { archived = true })).Ok();
        Assert.True(archived.GetProperty("archivedAt").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.DoesNotContain(pipeline, await ListedAsync("limit=200"));
        Assert.Contains(pipeline, await ListedAsync("limit=200&archived=true"));
        Assert.Equal((HttpStatusCode.Conflict, "not_published"), Refused(await app.Ana.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = "a" } })));
        Assert.Equal((HttpStatusCode.Conflict, "not_published"), Refused(await app.Ana.PostAsync($"/runs/{run}/rerun")));
        Assert.Equal("Succeeded", (await app.Ana.GetAsync($"/runs/{run}")).Ok().GetProperty("status").GetString());
        Assert.Contains(run!, (await app.Ana.GetAsync($"/runs?pipeline={pipeline}")).Text, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await PatchAsync(pipeline, new { archived = false })).Ok().GetProperty("archivedAt").ValueKind);
        Assert.Contains(pipeline, await ListedAsync("limit=200"));
        (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "a" } })).Ok();
    }

    [Fact]
    public async Task A_copy_is_a_pipeline_of_its_own_that_is_not_published()
    {
        var pipeline = await app.Ana.PublishAsync(App.Gate("Original"));
        (await PatchAsync(pipeline, new { tags = new[] { "kept" } })).Ok();
        var answer = await app.As(Who.Designer).PostAsync($"/pipelines/{pipeline}/duplicate");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var id = answer.Json.GetProperty("id").GetString();
        Assert.Equal($"/api/v1/pipelines/{id}", answer.Headers.Location?.ToString());
        var copy = (await app.Ana.GetAsync($"/pipelines/{id}")).Ok();
        Expect(copy, App.MailOf(Who.Designer), "kept");
        Assert.Equal(("Copy of Original", 1, JsonValueKind.Null), (copy.GetProperty("name").GetString(), copy.GetProperty("draftRevision").GetInt32(), copy.GetProperty("activeVersion").ValueKind));
        Assert.Equal("Original", (await app.Ana.GetAsync($"/pipelines/{pipeline}")).Ok().GetProperty("name").GetString());
    }

    [Fact]
    public async Task Who_left_the_workspace_owns_nothing_there_any_more()
    {
        var mail = $"{Guid.NewGuid():N}@example.org";
        var member = (await app.Ana.PostAsync("/members", new { email = mail, role = "designer", password = App.Password })).Ok().GetProperty("id").GetString();
        var pipeline = (await app.Ana.PostAsync("/pipelines", App.Gate("Left behind").ToBytes())).Ok().GetProperty("id").GetString();
        Expect((await PatchAsync(pipeline, new { owner = mail })).Ok(), mail);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Ana.SendAsync(HttpMethod.Delete, $"/members/{member}")).Status);
        Expect((await app.Ana.GetAsync($"/pipelines/{pipeline}")).Ok(), null);
        Assert.Equal("request_invalid", (await PatchAsync(pipeline, new { owner = mail })).Code);
    }

    private Task<ApiClient.Reply> PatchAsync(string? pipeline, object body) => app.Ana.SendAsync(HttpMethod.Patch, $"/pipelines/{pipeline}", body);

    private async Task<List<string>> ListedAsync(string query) => [.. (await app.Ana.GetAsync($"/pipelines?{query}")).Ok().GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString()!)];

    private static (HttpStatusCode, string?) Refused(ApiClient.Reply reply) => (reply.Status, reply.Code);

    private static void Expect(JsonElement pipeline, string? owner, params string[] tags)
    {
        Assert.Equal(owner, pipeline.GetProperty("owner").GetString());
        Assert.Equal(tags, pipeline.GetProperty("tags").EnumerateArray().Select(x => x.GetString()));
    }
}
