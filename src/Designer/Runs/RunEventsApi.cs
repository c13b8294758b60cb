using System.Text;
using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Designer.Runs;

/// <summary>A run as server-sent events: <c>run</c> when its status changes, <c>step</c> when a step begins or is settled, <c>token</c> while an answer grows. Pieces of an answer are merged to at most ten events a second.</summary>
public static class RunEventsApi
{
    private static readonly TimeSpan Merge = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Streams until the run is over or the caller leaves. The first event says where the run stands, so that nobody misses what came before.</summary>
    public static async Task StreamAsync(string id, HttpContext http, RunReader reader, RunFeed feed, TimeProvider clock)
    {
        var actor = http.Actor();
        if (actor.Denies(Operation.Read) is { } denied)
        {
            await Problems.WriteAsync(http, denied);
            return;
        }
        var cancel = http.RequestAborted;
        using var viewer = Guid.TryParse(id, out var run) ? feed.Watch(run) : null;
        if (viewer is null || await reader.StatusAsync(run, actor.Workspace, cancel) is not { } status)
        {
            await Problems.WriteAsync(http, new Refusal("not_found", "There is no such run."));
            return;
        }
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        await SendAsync(http, "run", new { id = run, status = status.ToString() });
        var tokens = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        while (!IsOver(status))
        {
            if (!await AnythingAsync(viewer, tokens.Count > 0 ? Merge : Heartbeat, clock, cancel))
            {
                if (tokens.Count > 0) await SendTokensAsync(http, tokens);
                else await http.Response.WriteAsync(": still here\n\n", cancel);
                await http.Response.Body.FlushAsync(cancel);
                continue;
            }
            var since = clock.GetTimestamp();
            while (viewer.Notices.TryRead(out var notice))
            {
                if (notice is RunNotice.Token token) Append(tokens, token);
                else
                {
                    await SendTokensAsync(http, tokens);
                    if (notice is RunNotice.Step step) await SendAsync(http, "step", new { path = step.Path, status = step.Status.ToString() });
                    else if (await reader.StatusAsync(run, actor.Workspace, cancel) is { } now && now != status)
                    {
                        status = now;
                        await SendAsync(http, "run", new { id = run, status = status.ToString() });
                    }
                }
            }
            if (tokens.Count == 0) continue;
            var rest = Merge - clock.GetElapsedTime(since);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, cancel);
            while (viewer.Notices.TryPeek(out var more) && more is RunNotice.Token && viewer.Notices.TryRead(out more)) Append(tokens, (RunNotice.Token)more);
            await SendTokensAsync(http, tokens);
        }
        while (viewer.Notices.TryRead(out var late))
            if (late is RunNotice.Step step) await SendAsync(http, "step", new { path = step.Path, status = step.Status.ToString() });
    }

    private static bool IsOver(RunStatus status) => status is not (RunStatus.Queued or RunStatus.Running or RunStatus.Waiting);

    private static void Append(Dictionary<string, StringBuilder> tokens, RunNotice.Token token)
    {
        if (!tokens.TryGetValue(token.Path, out var text)) tokens.Add(token.Path, text = new StringBuilder());
        text.Append(token.Text);
    }

    private static async Task<bool> AnythingAsync(RunFeed.Viewer viewer, TimeSpan within, TimeProvider clock, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(within, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancel);
        try
        {
            return await viewer.Notices.WaitToReadAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task SendTokensAsync(HttpContext http, Dictionary<string, StringBuilder> tokens)
    {
        foreach (var (path, text) in tokens) await SendAsync(http, "token", new { path, text = text.ToString() });
        tokens.Clear();
    }

    private static async Task SendAsync(HttpContext http, string name, object data)
    {
        await http.Response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data, Problems.Json)}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
