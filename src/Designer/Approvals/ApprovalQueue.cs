using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Designer.Approvals;

/// <summary>An approval as the queue shows it.</summary>
public sealed record ApprovalLine(Guid Id, string Title, string Summary, Guid Pipeline, string PipelineName, DateTimeOffset CreatedAt, DateTimeOffset? DueAt, int Round, bool Try);

/// <summary>An approval with everything that a decision needs.</summary>
/// <param name="Approval">The approval.</param>
/// <param name="Request">What the gate asks for.</param>
/// <param name="Decisions">What was decided, undone ones too, oldest first.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="PipelineName">The pipeline's name.</param>
/// <param name="Step">The gate's step as people read it.</param>
/// <param name="Title">The gate's name.</param>
/// <param name="WhyNot">Why this person does not decide it; null: the gate asks this person.</param>
/// <param name="Try">The run is a try.</param>
public sealed record ApprovalView(
    Approval Approval, ApprovalRequest Request, IReadOnlyList<ApprovalDecision> Decisions, Guid Run, Guid Pipeline, string PipelineName, string Step, string Title, string? WhyNot, bool Try)
{
    /// <summary>What is judged.</summary>
    public JsonElement Content { get; } = JsonSerializer.Deserialize<JsonElement>(Approval.Content);

    /// <summary>The gate asks this person.</summary>
    public bool IsMine => WhyNot is null;

    /// <summary>Asking for changes is offered.</summary>
    public bool OffersChanges => Request.Revise is not null && Approval.ReviseRound < Request.MaxRounds;
}

/// <summary>Reads approvals for screens.</summary>
public sealed class ApprovalQueue(Database database, PlanCache plans)
{
    /// <summary>How many the queue shows.</summary>
    public const int Most = 200;

    /// <summary>Open approvals that ask this person, those due first before the oldest.</summary>
    /// <param name="actor">The person.</param>
    /// <param name="pipeline">Only this pipeline's; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<(IReadOnlyList<ApprovalLine> Lines, bool HasMore)> ReadAsync(Actor actor, Guid? pipeline, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        var rows = db.Approvals.Where(x => x.Status == ApprovalStatus.Pending).OrderBy(x => x.CreatedAt)
            .Join(db.Runs, x => x.RunKey, x => x.Key, (approval, run) => new { approval, run.StarterId, run.Try, run.PipelineKey, run.Version, run.DraftRevision })
            .Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (row, p) => new { row, p.Id, p.Name });
        if (pipeline is { } only) rows = rows.Where(x => x.Id == only);
        var others = await OtherReviewersAsync(db, actor, cancel);
        var lines = new List<ApprovalLine>();
        await foreach (var x in rows.AsAsyncEnumerable().WithCancellation(cancel))
        {
            var approval = x.row.approval;
            var request = ApprovalRequests.Read(approval.Request);
            if (WhyNot(approval, request, x.row.StarterId, x.row.Try, actor, others) is not null) continue;
            if (lines.Count == Most) return (Sorted(lines), true);
            var plan = await plans.GetAsync(x.row.PipelineKey, x.row.Version, x.row.DraftRevision, cancel);
            lines.Add(new ApprovalLine(approval.Id, plan.FindNode(StepPath.LastOf(approval.SortPath).Node)?.Title ?? "Approval", Summary(approval.Context ?? approval.Content), x.Id, x.Name, approval.CreatedAt, approval.DueAt, approval.Round, x.row.Try));
        }
        return (Sorted(lines), false);
    }

    /// <summary>One approval; null where there is none.</summary>
    public async Task<ApprovalView?> FindAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        var x = await db.Approvals.Where(a => a.Id == id)
            .Join(db.Runs, a => a.RunKey, r => r.Key, (approval, run) => new { approval, run.Id, run.StarterId, run.Try, run.PipelineKey, run.Version, run.DraftRevision })
            .Join(db.Pipelines, r => r.PipelineKey, p => p.Key, (row, p) => new { row, Pipeline = p.Id, p.Name }).SingleOrDefaultAsync(cancel);
        if (x is null) return null;
        var decisions = await db.ApprovalDecisions.Where(d => d.ApprovalId == id).OrderBy(d => d.Key).ToListAsync(cancel);
        var plan = await plans.GetAsync(x.row.PipelineKey, x.row.Version, x.row.DraftRevision, cancel);
        var request = ApprovalRequests.Read(x.row.approval.Request);
        return new ApprovalView(x.row.approval, request, decisions, x.row.Id, x.Pipeline, x.Name, StepPath.ToReadable(x.row.approval.SortPath),
            plan.FindNode(StepPath.LastOf(x.row.approval.SortPath).Node)?.Title ?? "Approval", WhyNot(x.row.approval, request, x.row.StarterId, x.row.Try, actor, await OtherReviewersAsync(db, actor, cancel)), x.row.Try);
    }

    /// <summary>Why a person does not decide an approval, in a sentence; null where the gate asks this person. It is judged again when a decision is stored.</summary>
    public static string? WhyNot(Approval approval, ApprovalRequest request, Guid? starter, bool isTry, Actor actor, IReadOnlyList<string> others) =>
        DecisionRights.Refuse(request, approval.OverdueAt is not null, starter, isTry, actor, () => others)?.Message;

    /// <summary>The addresses of everybody else who may review in the actor's workspace.</summary>
    public static async Task<IReadOnlyList<string>> OtherReviewersAsync(DesignerDb db, Actor actor, CancellationToken cancel) =>
        await db.Members.Where(x => x.UserId != actor.Person && (x.Rights & Rights.Reviewer) != 0).Select(x => x.User!.Email!).ToListAsync(cancel);

    private static List<ApprovalLine> Sorted(List<ApprovalLine> lines) => [.. lines.OrderBy(x => x.DueAt ?? DateTimeOffset.MaxValue).ThenBy(x => x.CreatedAt)];

    private static string Summary(string json)
    {
        var value = JsonSerializer.Deserialize<JsonElement>(json);
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return (text.Length > 160 ? text[..160] : text).ReplaceLineEndings(" ");
    }
}
