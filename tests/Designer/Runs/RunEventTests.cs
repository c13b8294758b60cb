using System.Net.Http.Headers;
using System.Text.Json;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Runs;

[Collection(AppCollection.Name)]
public sealed class RunEventTests(App app)
{
    [Fact]
    public async Task A_viewer_sees_the_run_its_steps_and_the_growing_answer()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = string.Join(' ', Enumerable.Range(0, 400).Select(x => "word"));
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Script = _ =>
        {
            asked.TrySetResult();
            return new ScriptedReply { Text = answer, Until = gate.Task };
        };
        try
        {
            var pipeline = await app.Ana.PublishAsync(PipelineFile.Chain(2, "stub/m"));
            var run = await app.Ana.StartAsync(pipeline, new { text = "a" });
            await asked.Task; // the first call began before anybody looked and is not streamed
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Address}/api/v1/runs/{run}/events");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", App.KeyOf(Who.Viewer));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            var events = new List<(string Name, JsonElement Data)> { await NextAsync(reader) };
            Assert.Equal("run", events[0].Name);
            gate.SetResult();
            while (events[^1].Name != "run" || events[^1].Data.GetProperty("status").GetString() is not "Succeeded") events.Add(await NextAsync(reader));
            var tokens = events.Where(x => x.Name == "token").ToList();
            Assert.All(tokens, x => Assert.Equal("p2", x.Data.GetProperty("path").GetString()));
            Assert.Equal(answer, string.Concat(tokens.Select(x => x.Data.GetProperty("text").GetString())));
            Assert.InRange(tokens.Count, 1, 40);
            var rest = await reader.ReadToEndAsync();
            Assert.Contains("\"Succeeded\"", rest + string.Join('\n', events.Where(x => x.Name == "step").Select(x => x.Data.GetRawText())), StringComparison.Ordinal);
        }
        finally
        {
            app.Script = _ => new ScriptedReply { Text = "An answer." };
        }
    }

    [Fact]
    public async Task Who_comes_after_the_end_hears_the_end_and_is_let_go()
    {
        var run = (await app.Ana.PostAsync($"/pipelines/{await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"))}/runs?wait=30", new { inputs = new { text = "a" } })).Ok().GetProperty("id").GetString();
        Assert.StartsWith($"event: run\ndata: {{\"id\":\"{run}\",\"status\":\"Succeeded\"}}\n\n", (await app.Ana.GetAsync($"/runs/{run}/events")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_run_ends_with_the_run_with_the_gate_or_with_the_time()
    {
        var chain = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        Assert.Equal("Succeeded", Status(await app.Ana.PostAsync($"/pipelines/{chain}/runs?wait=30", new { inputs = new { text = "a" } })));
        var gate = await app.Ana.PublishAsync(App.Gate("Waited for"));
        Assert.Equal("Waiting", Status(await app.Ana.PostAsync($"/pipelines/{gate}/runs?wait=30", new { inputs = new { text = "a" } })));
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Script = _ => new ScriptedReply { Until = hold.Task };
        try
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var slow = await app.Ana.PostAsync($"/pipelines/{chain}/runs?wait=1", new { inputs = new { text = "a" } });
            Assert.Contains(Status(slow), (string[])["Queued", "Running"]);
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
            var id = slow.Json.GetProperty("id").GetString()!;
            Assert.Equal("Running", slow.Json.GetProperty("steps").EnumerateArray().Single(x => x.GetProperty("path").GetString() == "p1").GetProperty("status").GetString());
            Assert.Equal("Cancelled", Status(await app.Ana.PostAsync($"/runs/{id}/cancel")));
        }
        finally
        {
            hold.TrySetResult();
            app.Script = _ => new ScriptedReply { Text = "An answer." };
        }
    }

    [Fact]
    public async Task Steps_come_by_page_and_by_state()
    {
        var pipeline = await app.Ana.PublishAsync(PipelineFile.Chain(7, "stub/m"));
        var run = (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=60", new { inputs = new { text = "a" } })).Ok();
        var whole = run.GetProperty("steps").EnumerateArray().Select(x => x.GetProperty("path").GetString()).ToList();
        var joined = new List<string?>();
        string? after = null;
        do
        {
            var page = (await app.Ana.GetAsync($"/runs/{run.GetProperty("id").GetString()}/steps?limit=2{(after is null ? "" : "&after=" + after)}")).Ok();
            joined.AddRange(page.GetProperty("items").EnumerateArray().Select(x => x.GetProperty("path").GetString()));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null && joined.Count < 20);
        Assert.Equal(9, whole.Count);
        Assert.Equal(whole, joined);
        Assert.Equal(0, (await app.Ana.GetAsync($"/runs/{run.GetProperty("id").GetString()}/steps?status=failed")).Ok().GetProperty("items").GetArrayLength());
    }

    private static string? Status(ApiClient.Reply reply) => reply.Ok().GetProperty("status").GetString();

    private static async Task<(string Name, JsonElement Data)> NextAsync(StreamReader reader)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var name = "";
        while (await reader.ReadLineAsync(time.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonSerializer.Deserialize<JsonElement>(line[6..]));
        }
        throw new EndOfStreamException("The stream ended before the run.");
    }
}
