using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Designer.Approvals;

/// <summary>Approvals over HTTP. Opening one decides nothing; a decision is a <c>POST</c> of a person who names the content by its hash.</summary>
public static class ApprovalsApi
{
    private const string List = "approvals";
    private static readonly string[] Verbs = ["approve", "reject", "requestChanges"];

    // Compiled: every decision is answered with the approval, and reviewers decide by the hundred.
    private static readonly Func<DesignerDb, Guid, CancellationToken, Task<Row?>> Find = EF.CompileAsyncQuery((DesignerDb db, Guid id, CancellationToken cancel) =>
        db.Approvals.Where(x => x.Id == id).Join(db.Runs, x => x.RunKey, x => x.Key, (approval, run) => new Row(approval, run.Id, run.StarterId, run.Try)).SingleOrDefault());

    private static readonly Func<DesignerDb, Guid, IAsyncEnumerable<ApprovalDecision>> DecisionsOf = EF.CompileAsyncQuery((DesignerDb db, Guid id) =>
        db.ApprovalDecisions.Where(x => x.ApprovalId == id).OrderBy(x => x.Key).AsQueryable());

    /// <summary>Maps <c>/approvals</c>.</summary>
    public static void MapApprovals(this IEndpointRouteBuilder api)
    {
        api.MapGet("/approvals", ListAsync).WithSummary("Approvals, oldest first.");
        api.MapGet("/approvals/{id}", GetAsync).WithSummary("One approval with what is judged and what was decided.");
        api.MapPost("/approvals/{id}/decision", DecideAsync).WithSummary("Decides; only a person may.");
        api.MapPost("/approvals/{id}/undo", UndoAsync).WithSummary("Takes back one's own decision while it is held.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, List);
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        ApprovalStatus? status = null;
        if (http.Request.Query.TryGetValue("status", out var wanted))
        {
            if (!Fields.TryWord<ApprovalStatus>(wanted.ToString(), out var parsed)) return Problems.Refuse(new Refusal("bad_query", $"status must be one of {string.Join(", ", Enum.GetNames<ApprovalStatus>())}."));
            status = parsed;
        }
        var mine = http.Request.Query["mine"].ToString();
        if (mine is not ("" or "true" or "false")) return Problems.Refuse(new Refusal("bad_query", "mine must be true or false."));
        await using var db = database.Read(http.Actor().Workspace);
        var query = db.Approvals.AsQueryable();
        if (status is { } only) query = query.Where(x => x.Status == only);
        if (paging.Value!.After is { } after)
        {
            if (!Guid.TryParse(after, out var last)) return Problems.Refuse(Paging.BadCursor);
            query = query.Where(x => x.Id.CompareTo(last) > 0);
        }
        var joined = query.OrderBy(x => x.Id).Join(db.Runs, x => x.RunKey, x => x.Key, (approval, run) => new Row(approval, run.Id, run.StarterId, run.Try));
        var found = new List<Row>();
        var others = mine == "true" ? await ApprovalQueue.OtherReviewersAsync(db, http.Actor(), http.RequestAborted) : [];
        await foreach (var row in joined.AsAsyncEnumerable().WithCancellation(http.RequestAborted))
        {
            if (mine == "true" && ApprovalQueue.WhyNot(row.Approval, ApprovalRequests.Read(row.Approval.Request), row.Starter, row.Try, http.Actor(), others) is not null) continue;
            found.Add(row);
            if (found.Count > paging.Value.Limit) break;
        }
        return Problems.Ok(paging.Value.Page(found, List, x => x.Approval.Id.ToString(), x => Show(x, [])));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, Database database)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        return Guid.TryParse(id, out var approval) ? await ShowAsync(approval, http, database) : NoSuchApproval;
    }

    private static async Task<IResult> DecideAsync(string id, HttpContext http, ApprovalDesk desk, Database database)
    {
        if (!Guid.TryParse(id, out var approval)) return NoSuchApproval;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var fields = new Fields(given.Value);
        var verb = fields.Text("decision", required: true) ?? "";
        if (verb.Length > 0 && !Verbs.Contains(verb, StringComparer.Ordinal)) fields.Report("/decision", "must be approve, reject or requestChanges");
        var hash = fields.Text("contentHash", required: true) ?? "";
        var comment = fields.Text("comment", most: 20_000);
        var edited = fields.Json("edited");
        if (edited.ValueKind != JsonValueKind.Undefined && verb is not ("approve" or "")) fields.Report("/edited", "goes with approve only");
        var hold = fields.Number("releaseAfterSeconds", 0, 60) ?? 0;
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        var decided = await desk.DecideAsync(approval, new Decision
        {
            Verb = verb, ContentHash = hash, Comment = comment, Edited = edited.ValueKind == JsonValueKind.Undefined ? null : edited, ReleaseAfterSeconds = hold,
        }, http.Actor(), http.RequestAborted);
        return decided.Refusal is { } refusal ? Problems.Refuse(refusal) : await ShowAsync(approval, http, database);
    }

    private static async Task<IResult> UndoAsync(string id, HttpContext http, ApprovalDesk desk, Database database)
    {
        if (!Guid.TryParse(id, out var approval)) return NoSuchApproval;
        if ((await RequestBody.ReadNothingAsync(http)).Refusal is { } unread) return Problems.Refuse(unread);
        var undone = await desk.UndoAsync(approval, http.Actor(), http.RequestAborted);
        return undone.Refusal is { } refusal ? Problems.Refuse(refusal) : await ShowAsync(approval, http, database);
    }

    private static async Task<IResult> ShowAsync(Guid id, HttpContext http, Database database)
    {
        await using var db = database.Read(http.Actor().Workspace);
        if (await Find(db, id, http.RequestAborted) is not { } row) return NoSuchApproval;
        var decisions = new List<ApprovalDecision>();
        await foreach (var decision in DecisionsOf(db, id).WithCancellation(http.RequestAborted)) decisions.Add(decision);
        return Problems.Ok(Show(row, decisions));
    }

    private static IResult NoSuchApproval => Problems.Refuse(new Refusal("not_found", "There is no such approval."));

    private static object Show(Row row, IReadOnlyList<ApprovalDecision> decisions)
    {
        var (x, run, _, _) = row;
        var request = ApprovalRequests.Read(x.Request);
        return new
        {
            id = x.Id, runId = run, step = StepPath.ToReadable(x.SortPath), round = x.Round, status = x.Status.ToString(), content = new RawJson(x.Content), contentHash = x.ContentHash,
            originalContent = new RawJson(x.OriginalContent), context = new RawJson(x.Context), preview = request.Preview, instructions = request.Instructions,
            reviewers = request.People.Count > 0 ? (object)new { people = request.People } : new { role = "Reviewer" }, required = x.Required, editable = request.Editable,
            offersChanges = request.Revise is not null && x.ReviseRound < request.MaxRounds, createdAt = x.CreatedAt, dueAt = x.DueAt, releaseAt = x.ReleaseAt,
            decisions = decisions.Select(d => new
            {
                decision = d.Decision, by = d.DecidedBy, at = d.At, contentHash = d.ContentHash, edited = new RawJson(d.Edited), comment = d.Comment, releaseAt = d.ReleaseAt, undoneAt = d.UndoneAt,
                counts = d.Counts,
            }).ToList(),
        };
    }

    private sealed record Row(Approval Approval, Guid Run, Guid? Starter, bool Try);
}
