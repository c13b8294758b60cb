using System.Globalization;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Runs;

/// <summary>Runs over HTTP: started, looked at, cancelled, taken up again.</summary>
public static class RunsApi
{
    private const string List = "runs";

    /// <summary>Maps <c>/runs</c>.</summary>
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        api.MapPost("/pipelines/{id}/runs", StartAsync).WithSummary("Starts a run; with ?wait= it answers when the run is over or waiting.");
        api.MapGet("/runs", ListAsync).WithSummary("Runs, newest first.");
        api.MapGet("/runs/{id}", GetAsync).WithSummary("One run with its first steps.");
        api.MapGet("/runs/{id}/steps", StepsAsync).WithSummary("A run's steps by page.");
        api.MapGet("/runs/{id}/events", RunEventsApi.StreamAsync).WithSummary("Server-sent events: run, step, token.");
        api.MapPost("/runs/{id}/cancel", CancelAsync).WithSummary("Cancels a run for good.");
        api.MapPost("/runs/{id}/retry", RetryAsync).WithSummary("Goes on with a failed or rejected run, or from a step.");
        api.MapPost("/runs/{id}/rerun", RerunAsync).WithSummary("Starts a new run with the same inputs and version.");
        api.MapPost("/runs/{id}/resolve", ResolveAsync).WithSummary("Says what became of a mail that may have been sent.");
    }

    private static async Task<IResult> StartAsync(string id, HttpContext http, RunStarter starter, RunReader reader, RunFeed feed, TimeProvider clock)
    {
        if (http.Actor().Denies(Operation.Run) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return Problems.Refuse(new Refusal("not_found", "There is no such pipeline."));
        if (Waits(http) is { Refusal: { } wrongWait }) return Problems.Refuse(wrongWait);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var idempotency = body.Value.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var fields = new Fields(given.Value);
        var version = fields.Json("version");
        var draft = version.ValueKind == System.Text.Json.JsonValueKind.String && version.ValueEquals("draft");
        int? number = version.ValueKind == System.Text.Json.JsonValueKind.Number && version.TryGetInt32(out var n) && n > 0 ? n : null;
        if (version.ValueKind is not (System.Text.Json.JsonValueKind.Undefined or System.Text.Json.JsonValueKind.Null) && !draft && number is null)
            fields.Report("/version", "must be a version's number, or \"draft\"");
        var request = new RunRequest
        {
            Pipeline = pipeline, Inputs = fields.Json("inputs"), Version = number, Draft = draft, Try = fields.Flag("try") ?? false, Account = fields.Text("account", most: 200),
            Priority = fields.Choice<RunPriority>("priority") ?? RunPriority.Normal, Trigger = RunTrigger.Api, Idempotency = idempotency.Value,
        };
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        var started = await starter.StartAsync(request, http.Actor(), http.RequestAborted);
        if (started.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.Location = $"/api/v1/runs/{started.Value}";
        if (Waits(http).Value is { } wait) return await AfterAsync(started.Value, wait, http, reader, feed, clock);
        return Problems.Ok(new { id = started.Value, status = RunStatus.Queued.ToString() }, StatusCodes.Status202Accepted);
    }

    /// <summary>Answers when the run is over or waiting, at the latest when the time is up; either way as the run is then.</summary>
    private static async Task<IResult> AfterAsync(Guid run, TimeSpan wait, HttpContext http, RunReader reader, RunFeed feed, TimeProvider clock)
    {
        using var viewer = feed.Watch(run, RunInterest.Changes);
        using var time = new CancellationTokenSource(wait, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, http.RequestAborted);
        try
        {
            while (await reader.StatusAsync(run, http.Actor().Workspace, both.Token) is RunStatus.Queued or RunStatus.Running) await viewer.Notices.ReadAsync(both.Token);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            // the caller's time is up; it gets the run as it is
        }
        return Problems.Ok((await reader.FindAsync(run, http.Actor().Workspace, http.RequestAborted))!, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, List);
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        var filter = RunFilter.Of(http.Request.Query);
        if (filter.Refusal is { } unclear) return Problems.Refuse(unclear);
        var (after, limit) = paging.Value!;
        long? below = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;
        if (after is not null && below is null) return Problems.Refuse(Paging.BadCursor);
        await using var db = database.Read(http.Actor().Workspace);
        var rows = await filter.Value!.Apply(db, below, limit + 1).Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (run, pipeline) => new RunReader.Row(run, pipeline.Id, pipeline.Name, db.Schedules.Where(s => s.Key == run.ScheduleKey).Select(s => (Guid?)s.Id).FirstOrDefault()))
            .ToListAsync(http.RequestAborted);
        rows.Sort((x, y) => (y.Run.CreatedAt, y.Run.Key).CompareTo((x.Run.CreatedAt, x.Run.Key)));
        return Problems.Ok(paging.Value!.Page(rows, List, x => x.Run.Key.ToString(CultureInfo.InvariantCulture), reader.ShowInList));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        return Guid.TryParse(id, out var run) && await reader.FindAsync(run, http.Actor().Workspace, http.RequestAborted) is { } found ? Problems.Ok(found) : NoSuchRun;
    }

    private static async Task<IResult> StepsAsync(string id, HttpContext http, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, "steps");
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        StepStatus? status = null;
        if (http.Request.Query.TryGetValue("status", out var wanted))
        {
            if (!Fields.TryWord<StepStatus>(wanted.ToString(), out var parsed)) return Problems.Refuse(new Refusal("bad_query", $"status must be one of {string.Join(", ", Enum.GetNames<StepStatus>())}."));
            status = parsed;
        }
        if (!Guid.TryParse(id, out var run)) return NoSuchRun;
        var page = await reader.StepsAsync(run, http.Actor().Workspace, http.Request.Query["under"].ToString(), status, paging.Value!, http.RequestAborted);
        return page.Refusal is { } refusal ? Problems.Refuse(refusal) : Problems.Ok(page.Value!);
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext http, RunControl control, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Run) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var run)) return NoSuchRun;
        if ((await RequestBody.ReadNothingAsync(http)).Refusal is { } unread) return Problems.Refuse(unread);
        return await ShowAsync(await control.CancelAsync(run, http.Actor(), http.RequestAborted), http, reader);
    }

    private static async Task<IResult> RetryAsync(string id, HttpContext http, RunControl control, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Run) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var run)) return NoSuchRun;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var fields = new Fields(given.Value);
        var from = fields.Text("from");
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        return await ShowAsync(await control.RetryAsync(run, from, http.Actor(), http.RequestAborted), http, reader);
    }

    private static async Task<IResult> RerunAsync(string id, HttpContext http, RunStarter starter, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Run) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var run)) return NoSuchRun;
        var body = await RequestBody.ReadNothingAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var idempotency = body.Value!.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        return await ShowAsync(await starter.RerunAsync(run, http.Actor(), idempotency.Value, http.RequestAborted), http, reader);
    }

    private static async Task<IResult> ResolveAsync(string id, HttpContext http, OutboxDesk desk, RunReader reader)
    {
        if (http.Actor().Denies(Operation.Operate) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var run)) return NoSuchRun;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var fields = new Fields(given.Value);
        var path = fields.Text("path", required: true);
        var resolution = fields.Choice<Resolution>("as", required: true);
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        return await ShowAsync(await desk.ResolveAsync(run, path!, resolution!.Value, http.Actor(), http.RequestAborted), http, reader);
    }

    private static async Task<IResult> ShowAsync(Answer<Guid> done, HttpContext http, RunReader reader) => done.Refusal is { } refusal
        ? Problems.Refuse(refusal)
        : Problems.Ok((await reader.FindAsync(done.Value, http.Actor().Workspace, http.RequestAborted))!, StatusCodes.Status202Accepted);

    private static IResult NoSuchRun => Problems.Refuse(new Refusal("not_found", "There is no such run."));

    private static Answer<TimeSpan?> Waits(HttpContext http)
    {
        if (!http.Request.Query.TryGetValue("wait", out var text)) return new Answer<TimeSpan?>();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 300
            ? TimeSpan.FromSeconds(seconds)
            : new Refusal("bad_query", "wait must be a whole number of seconds from 0 to 300.");
    }
}
