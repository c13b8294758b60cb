using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Pipelines.Shelf;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>Pipelines over HTTP: drafts, versions, validation.</summary>
public static class PipelinesApi
{
    private const string List = "pipelines";

    /// <summary>Maps <c>/pipelines</c>.</summary>
    public static void MapPipelines(this IEndpointRouteBuilder api)
    {
        api.MapGet("/pipelines", ListAsync).WithSummary("Pipelines of the workspace in the order in which they were made: of one tag (?tag=), and those in use or, with ?archived=true, the archived ones.");
        api.MapPost("/pipelines", CreateAsync).WithSummary("Makes a pipeline from a pipeline file; it becomes the draft.");
        api.MapPost("/pipelines/validate", ValidateAsync).WithSummary("All problems of a pipeline file; nothing is stored.");
        api.MapGet("/pipelines/{id}", GetAsync).WithSummary("One pipeline.");
        api.MapGet("/pipelines/{id}/draft", GetDraftAsync).WithSummary("The draft as a pipeline file; its revision is in ETag.");
        api.MapPut("/pipelines/{id}/draft", PutDraftAsync).WithSummary("Replaces the draft; If-Match names the revision that it was made from.");
        api.MapGet("/pipelines/{id}/versions", ListVersionsAsync).WithSummary("Published versions, newest first.");
        api.MapPost("/pipelines/{id}/versions", PublishAsync).WithSummary("Publishes the draft and makes it the active version.");
        api.MapGet("/pipelines/{id}/versions/{number:int}", GetVersionAsync).WithSummary("A version as a pipeline file.");
        api.MapPost("/pipelines/{id}/versions/{number:int}/activate", ActivateAsync).WithSummary("Makes a version the active one.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, List);
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        var (after, limit) = paging.Value!;
        var key = 0;
        if (after is not null && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out key)) return Problems.Refuse(Paging.BadCursor);
        var filter = PipelineFilter.Of(http.Request.Query);
        if (filter.Refusal is { } unknown) return Problems.Refuse(unknown);
        await using var db = database.Read(http.Actor().Workspace);
        var rows = await PipelineRow.Of(db, filter.Value!.Apply(db.Pipelines).Where(x => x.Key > key).OrderBy(x => x.Key).Take(limit + 1)).ToListAsync(http.RequestAborted);
        return Problems.Ok(paging.Value!.Page(rows, List, x => x.Key.ToString(CultureInfo.InvariantCulture), x => x.Show()));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, PipelineEditor editor)
    {
        if (http.Actor().Denies(Operation.Design) is { } denied) return Problems.Refuse(denied);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var idempotency = body.Value!.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var made = await editor.CreateAsync(body.Value.Bytes, http.Actor(), idempotency.Value, http.RequestAborted);
        if (made.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.Location = $"/api/v1/pipelines/{made.Value!.Id}";
        return Problems.Ok(Show(made.Value), StatusCodes.Status201Created);
    }

    private static async Task<IResult> ValidateAsync(HttpContext http, GraphJudge judge)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var read = PipelineEditor.Read(body.Value!.Bytes);
        if (read.Refusal is { } unreadable) return Problems.Refuse(unreadable);
        var problems = await judge.ProblemsAsync(read.Value!, http.Actor().Workspace, http.RequestAborted);
        return Problems.Ok(new { errors = problems.Where(x => !x.IsWarning).Select(ProblemView.Of), warnings = problems.Where(x => x.IsWarning).Select(ProblemView.Of) });
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, Database database)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        return Guid.TryParse(id, out var pipeline) ? await PipelineRow.ShowAsync(pipeline, http, database) : NoSuchPipeline;
    }

    private static Task<IResult> GetDraftAsync(string id, HttpContext http, Database database) => WithPipelineAsync(id, http, database, x =>
    {
        http.Response.Headers.ETag = $"\"{x.DraftRevision}\"";
        return Task.FromResult(File(x.Draft));
    });

    private static async Task<IResult> PutDraftAsync(string id, HttpContext http, PipelineEditor editor)
    {
        if (http.Actor().Denies(Operation.Design) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return NoSuchPipeline;
        if (!http.Request.Headers.TryGetValue("If-Match", out var match))
            return Problems.Refuse(new Refusal("revision_required", "Send If-Match with the draft revision that this change was made from; it is in ETag and in draftRevision."));
        if (!int.TryParse(match.ToString().Trim().TrimStart('W', '/').Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            return Problems.Refuse(new Refusal("revision_stale", "If-Match is no draft revision. Load the draft again."));
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var saved = await editor.SaveDraftAsync(pipeline, revision, body.Value!.Bytes, http.Actor(), http.RequestAborted);
        if (saved.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.ETag = $"\"{saved.Value!.Revision}\"";
        return Problems.Ok(Show(saved.Value));
    }

    private static Task<IResult> ListVersionsAsync(string id, HttpContext http, Database database) => WithPipelineAsync(id, http, database, async x =>
    {
        var paging = Paging.Of(http, "versions");
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        var (after, limit) = paging.Value!;
        var below = int.MaxValue;
        if (after is not null && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out below)) return Problems.Refuse(Paging.BadCursor);
        await using var db = database.Read(http.Actor().Workspace);
        var rows = await db.PipelineVersions.Where(v => v.PipelineKey == x.Key && v.Number < below).OrderByDescending(v => v.Number).Take(limit + 1)
            .Select(v => new { v.Number, v.Note, v.CreatedAt, v.CreatedBy }).ToListAsync(http.RequestAborted);
        return Problems.Ok(paging.Value!.Page(rows, "versions", v => v.Number.ToString(CultureInfo.InvariantCulture),
            v => new { version = v.Number, note = v.Note, createdAt = v.CreatedAt, createdBy = v.CreatedBy, active = v.Number == x.ActiveVersion }));
    });

    private static async Task<IResult> PublishAsync(string id, HttpContext http, PipelineEditor editor)
    {
        if (http.Actor().Denies(Operation.Design) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return NoSuchPipeline;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var idempotency = body.Value.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var fields = new Fields(given.Value);
        var note = fields.Text("note", most: 2_000);
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        var published = await editor.PublishAsync(pipeline, note, http.Actor(), idempotency.Value, http.RequestAborted);
        return published.Refusal is { } refusal ? Problems.Refuse(refusal) : Problems.Ok(new { version = published.Value }, StatusCodes.Status201Created);
    }

    private static Task<IResult> GetVersionAsync(string id, int number, HttpContext http, Database database) => WithPipelineAsync(id, http, database, async x =>
    {
        await using var db = database.Read(http.Actor().Workspace);
        var graph = await db.PipelineVersions.Where(v => v.PipelineKey == x.Key && v.Number == number).Select(v => v.Graph).SingleOrDefaultAsync(http.RequestAborted);
        return graph is null ? Problems.Refuse(new Refusal("not_found", $"This pipeline has no version {number}.")) : File(graph);
    });

    private static async Task<IResult> ActivateAsync(string id, int number, HttpContext http, PipelineEditor editor, Database database)
    {
        if (!Guid.TryParse(id, out var pipeline)) return NoSuchPipeline;
        if ((await RequestBody.ReadNothingAsync(http)).Refusal is { } unread) return Problems.Refuse(unread);
        var activated = await editor.ActivateAsync(pipeline, number, http.Actor(), http.RequestAborted);
        return activated.Refusal is { } refusal ? Problems.Refuse(refusal) : await GetAsync(id, http, database);
    }

    private static async Task<IResult> WithPipelineAsync(string id, HttpContext http, Database database, Func<Pipeline, Task<IResult>> then)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return NoSuchPipeline;
        await using var db = database.Read(http.Actor().Workspace);
        return await db.Pipelines.SingleOrDefaultAsync(x => x.Id == pipeline, http.RequestAborted) is { } found ? await then(found) : NoSuchPipeline;
    }

    private static IResult NoSuchPipeline => Problems.Refuse(PipelineEditor.NoSuchPipeline);

    private static IResult File(string graph) => Results.Text(graph, "application/json", Encoding.UTF8);

    internal static object Show(DraftSaved saved) => new { id = saved.Id, name = saved.Name, draftRevision = saved.Revision, problems = saved.Problems.Select(ProblemView.Of) };
}
