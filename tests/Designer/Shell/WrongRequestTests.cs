using System.Text;
using System.Text.Json;

namespace PromptDesigner.Designer.Tests.Shell;

[Collection(AppCollection.Name)]
public sealed class WrongRequestTests(App app)
{
    public static TheoryData<string> Rules => [.. WrongRequest.All.Select(x => x.Rule)];

    [Theory, MemberData(nameof(Rules))]
    public async Task A_wrong_request_is_refused_with_its_code_and_stores_nothing(string rule)
    {
        var scene = await Scene.OfAsync(app);
        var wrong = WrongRequest.All.Single(x => x.Rule == rule);
        var call = wrong.Call.Split(' ', 2);
        object? body = wrong.Bytes is { } bytes ? bytes() : wrong.Body is null ? null : Encoding.UTF8.GetBytes(scene.Fill(wrong.Body));
        var before = await app.RowsAsync();

        var answer = await app.As(wrong.By).SendAsync(new HttpMethod(call[0]), scene.Fill(call[1]), body, [.. wrong.Headers]);

        Assert.True($"{(int)answer.Status} {answer.Code}" == wrong.Answer, $"{(int)answer.Status} {answer.Text}");
        Assert.Equal((int)answer.Status, answer.Json.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(answer.Json.GetProperty("detail").GetString()));
        Assert.Contains(wrong.Names, JsonSerializer.Serialize(answer.Json, Relaxed), StringComparison.OrdinalIgnoreCase);
        foreach (var inner in (string[])["Exception", "   at ", "PromptDesigner.Runtime", "SQLite", app.Folder]) Assert.DoesNotContain(inner, answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await app.RowsAsync());
        Assert.True(await app.Ana.IsReadyAsync());
    }

    [Fact]
    public void The_table_covers_the_codes_that_can_exist_so_far()
    {
        string[] elsewhere = ["unreadable", "newer_schema", /* files */ "already_decided", "released", /* approvals */ "rate_limited", /* rate limits */ "stopping"];
        string[] contract =
        [
            "not_json", "unreadable", "newer_schema", "bad_cursor", "bad_query", "unauthenticated", "forbidden", "person_required", "self_approval", "not_found", "not_published", "already_decided",
            "content_changed", "released", "run_over", "not_retryable", "idempotency_reused", "revision_stale", "too_large", "unsupported_media_type", "revision_required", "rate_limited", "stopping",
            "draft_has_errors", "input_missing", "input_type", "input_unknown", "request_invalid", "edit_invalid", "comment_required", "changes_not_offered", "email_taken", "password_weak", "limit", "schedule_invalid", "time_zone_unknown",
        ];
        Assert.Equal([], contract.Except(WrongRequest.All.Select(x => x.Answer.Split(' ')[1])).Except(elsewhere));
        Assert.Equal(WrongRequest.All.Count, WrongRequest.All.Select(x => x.Rule).Distinct().Count());
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
