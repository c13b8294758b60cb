using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>An application of its own for each test: what it does under a limit, and when its database breaks.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-failure-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Requests_above_the_limit_wait_key_by_key()
    {
        await using var app = await AppProcess.StartAsync(_folder, ("Limits:RequestsPerMinute", "30"));
        var made = (await app.Api.PostAsync("/keys", new { name = "other", kind = "service", scopes = new[] { "read" } })).Ok();
        using var other = new ApiClient(app.Address, made.GetProperty("key").GetString());
        var answers = new List<ApiClient.Reply>();
        for (var i = 0; i < 60; i++) answers.Add(await app.Api.PostAsync("/pipelines/validate", "{}"));
        var refused = answers.Where(x => x.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(refused.Count, 20, 40);
        Assert.All(refused, x => Assert.Equal("rate_limited", x.Code));
        Assert.All(refused, x => Assert.NotNull(x.Headers.RetryAfter));
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/runs")).Status);
        using var probe = new ApiClient(app.Address, null);
        Assert.True(await probe.IsReadyAsync());
    }

    [Fact]
    public async Task A_full_queue_refuses_and_stores_nothing()
    {
        await using var model = new ScriptedModelServer(_ => new ScriptedReply { Hang = true });
        await using var app = await AppProcess.StartAsync(_folder, [.. EngineHost.Settings(model.Address).Select(x => (x.Key, x.Value!)), ("Runs:MaxConcurrency", "1"), ("Runs:MaxQueued", "2"), ("Runs:Drain", "00:00:00")]);
        var pipeline = await app.Api.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var answers = new List<ApiClient.Reply>();
        for (var i = 0; i < 20; i++) answers.Add(await app.Api.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { text = "a" } }));
        var refused = answers.Where(x => x.Code == "rate_limited").ToList();
        Assert.InRange(refused.Count, 16, 18); // one runs, two wait
        Assert.All(refused, x => Assert.NotNull(x.Headers.RetryAfter));
        Assert.Equal(20 - refused.Count, (await app.Api.GetAsync("/runs?limit=200")).Ok().GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task An_error_of_its_own_shows_nothing_from_inside()
    {
        await using var app = await AppProcess.StartAsync(_folder);
        var pipeline = await app.Api.PublishAsync(PipelineFile.Chain(1, "practice/practice"));
        var run = (await app.Api.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "a" } })).Ok().GetProperty("id").GetString()!;
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "promptdesigner.db")}"))
        {
            await connection.OpenAsync();
            foreach (var table in (string[])["Pipelines", "PipelineVersions", "Runs", "Steps", "Approvals", "IdempotencyRecords"])
            {
                await using var command = connection.CreateCommand();
                command.CommandText = $"ALTER TABLE {table} RENAME TO Lost{table}";
                await command.ExecuteNonQueryAsync();
            }
        }
        var failed = 0;
        foreach (var endpoint in Endpoint.All)
        {
            var path = endpoint.Address.Replace("{pipeline}", pipeline, StringComparison.Ordinal).Replace("{unpublished}", pipeline, StringComparison.Ordinal).Replace("{over}", run, StringComparison.Ordinal)
                .Replace("{approval}", run, StringComparison.Ordinal).Replace("{nobody}", run, StringComparison.Ordinal).Replace("?wait=30", "", StringComparison.Ordinal);
            var answer = await app.Api.SendAsync(new HttpMethod(endpoint.Method), path, endpoint.Body is { } body ? Encoding.UTF8.GetBytes(body) : null, ("If-Match", "\"1\""));
            if (answer.Status == HttpStatusCode.InternalServerError)
            {
                failed++;
                Assert.Equal("internal", answer.Code);
            }
            foreach (var inner in (string[])["SQLite", "no such table", "Exception", "   at ", "Microsoft.", ".cs:", _folder, AppProcess.Key]) Assert.DoesNotContain(inner, answer.Text, StringComparison.OrdinalIgnoreCase);
        }
        Assert.InRange(failed, 15, Endpoint.All.Count);
        Assert.DoesNotContain(AppProcess.Key, app.Output, StringComparison.Ordinal);
        Assert.Equal("live", (await app.Api.GetAsync("!/health/live")).Ok().GetProperty("status").GetString());
    }
}
