using System.Net;
using System.Text.Json;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>Sends that may go without a gate, as programs see them.</summary>
[Collection(AppCollection.Name)]
public sealed class SendExceptionsApiTests(App app)
{
    [Fact]
    public async Task A_pipeline_that_sends_without_a_person_is_published_with_an_exception_alone()
    {
        var made = (await app.As(Who.Designer).PostAsync("/pipelines", Ungated.ToBytes())).Ok();
        var id = made.GetProperty("id").GetString();
        Assert.Equal("ungated_send", Assert.Single(made.GetProperty("problems").EnumerateArray()).GetProperty("code").GetString());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "draft_has_errors"), Short(await app.As(Who.Designer).PostAsync($"/pipelines/{id}/versions")));
        Assert.Equal("Succeeded", (await app.As(Who.Designer).PostAsync($"/pipelines/{id}/runs?wait=30", new { version = "draft", inputs = new { text = "a" } })).Ok().GetProperty("status").GetString());

        var allowed = await app.Ana.PostAsync($"/pipelines/{id}/exceptions", new { node = "send", reason = "It goes to ourselves." });
        Assert.Equal(HttpStatusCode.Created, allowed.Status);
        Expect(allowed.Json);
        Expect(Assert.Single((await app.As(Who.Viewer).GetAsync($"/pipelines/{id}")).Ok().GetProperty("exceptions").EnumerateArray()));
        var published = (await app.As(Who.Designer).PostAsync($"/pipelines/{id}/versions")).Ok();
        Assert.Equal(1, published.GetProperty("version").GetInt32());

        Assert.Equal(HttpStatusCode.NoContent, (await app.Ana.SendAsync(HttpMethod.Delete, $"/pipelines/{id}/exceptions/send")).Status);
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), Short(await app.Ana.SendAsync(HttpMethod.Delete, $"/pipelines/{id}/exceptions/send")));
        Assert.Empty((await app.As(Who.Viewer).GetAsync($"/pipelines/{id}")).Ok().GetProperty("exceptions").EnumerateArray());
        Assert.Equal("draft_has_errors", (await app.As(Who.Designer).PostAsync($"/pipelines/{id}/versions")).Code);
    }

    [Fact]
    public async Task A_copy_has_no_exception_and_a_file_brings_none()
    {
        var id = (await app.Ana.PostAsync("/pipelines", Ungated.ToBytes())).Ok().GetProperty("id").GetString();
        (await app.Ana.PostAsync($"/pipelines/{id}/exceptions", new { node = "send", reason = "Because." })).Ok();
        var copy = (await app.Ana.PostAsync($"/pipelines/{id}/duplicate")).Ok();
        Assert.Equal("ungated_send", Assert.Single(copy.GetProperty("problems").EnumerateArray()).GetProperty("code").GetString());
        Assert.Empty((await app.Ana.GetAsync($"/pipelines/{copy.GetProperty("id").GetString()}")).Ok().GetProperty("exceptions").EnumerateArray());
        var draft = (await app.Ana.GetAsync($"/pipelines/{id}/draft")).Text;
        Assert.DoesNotContain("Because.", draft, StringComparison.Ordinal);
        Assert.Equal("ungated_send", Assert.Single((await app.Ana.PostAsync("/pipelines/validate", draft)).Ok().GetProperty("errors").EnumerateArray()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_same_request_with_the_same_key_makes_one_exception()
    {
        var id = (await app.Ana.PostAsync("/pipelines", Ungated.ToBytes())).Ok().GetProperty("id").GetString();
        var key = ("Idempotency-Key", $"exception {id}");
        var first = (await app.Ana.PostAsync($"/pipelines/{id}/exceptions", new { node = "send", reason = "Because." }, key)).Ok();
        var again = await app.Ana.PostAsync($"/pipelines/{id}/exceptions", new { node = "send", reason = "Because." }, key);
        Assert.Equal((HttpStatusCode.Created, first.GetRawText()), (again.Status, again.Json.GetRawText()));
        Assert.Equal("idempotency_reused", (await app.Ana.PostAsync($"/pipelines/{id}/exceptions", new { node = "send", reason = "Another." }, key)).Code);
        Assert.Equal(1, await app.ScalarAsync($"SELECT COUNT(*) FROM AuditEntries WHERE Action = 'send.allowed' AND Target = '{id}'"));
    }

    private static PipelineFile Ungated => PipelineFile.Named("Sends").Input("text").Node("a", "text", new { template = "{{ input.text }}" }).Node("send", "email", new { to = "anna@example.org", subject = "S", text = "{{ a }}" })
        .Output("answer", "{{ input.text }}").Edge("input", "a").Edge("a", "send").Edge("send", "out");

    private static void Expect(JsonElement exception)
    {
        Assert.Equal(("send", "It goes to ourselves.", "ana@example.org"), (exception.GetProperty("node").GetString(), exception.GetProperty("reason").GetString(), exception.GetProperty("allowedBy").GetString()));
        Assert.InRange(exception.GetProperty("allowedAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
    }

    private static (HttpStatusCode, string?) Short(ApiClient.Reply reply) => (reply.Status, reply.Code);
}
