using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Data.Sending;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Designer.Runs;

/// <summary>A run as its page shows it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="PipelineName">The pipeline's name.</param>
/// <param name="Plan">The version that runs.</param>
/// <param name="Uncertain">A mail of which somebody has to say what became of it; null: it waits for none.</param>
/// <param name="Scheduled">The schedule that made it; null: none did.</param>
/// <param name="HeldUntil">When what was decided takes effect; null: nothing is held.</param>
public sealed record RunHead(Run Run, Guid Pipeline, string PipelineName, RunPlan Plan, Guid? Uncertain, ScheduledRun? Scheduled = null, DateTimeOffset? HeldUntil = null);

/// <summary>Which schedule made a run, and for when.</summary>
/// <param name="Schedule">The schedule's id; null: it was deleted.</param>
/// <param name="TimeZone">Its zone.</param>
/// <param name="TriggeredBy">Who asked for the run beside the times; null: its time had come.</param>
public sealed record ScheduledRun(Guid? Schedule, string TimeZone, string? TriggeredBy);

/// <summary>A step as the timeline shows it.</summary>
/// <param name="SortPath">Its path in sorting form.</param>
/// <param name="Path">Its path as people read it.</param>
/// <param name="Node">The node.</param>
/// <param name="Row">Its row; a step not begun has none but its state.</param>
/// <param name="Calls">How many calls to models it made.</param>
/// <param name="Cost">What they cost; null where no price is known.</param>
/// <param name="Items">Containers: how many iterations came to their end.</param>
public sealed record StepLine(string SortPath, string Path, PlanNode Node, Step Row, int Calls, decimal? Cost, int? Items)
{
    /// <summary>How its state looks and is called.</summary>
    public (string Word, string Tone, string Icon) Said => Row is { Status: StepStatus.Succeeded, Port: { } port } && Doubts.TryGetValue(port, out var doubt) ? (doubt, "wait", "check") : Say.State(Row.Status, Row.WaitUntil is not null, Node.Graph.Kind == "email");

    private static readonly Dictionary<string, string> Doubts = new(StringComparer.Ordinal) { ["exhausted"] = "The check did not hold", ["unsure"] = "Unsure", ["invalid"] = "Not valid" };
}

/// <summary>A step with everything that it did.</summary>
/// <param name="Line">The step.</param>
/// <param name="Calls">Its calls, oldest first.</param>
/// <param name="Output">Its output as JSON; null: none.</param>
/// <param name="Approval">The approval that it opened.</param>
/// <param name="Mail">The mail that it made.</param>
public sealed record StepDetail(StepLine Line, IReadOnlyList<ModelCall> Calls, JsonElement? Output, Approval? Approval, Mail? Mail);

/// <summary>Reads what the page of a run shows. Lists are read by key and by page, so that ten thousand iterations open as fast as ten.</summary>
public sealed class RunScreen(Database database, PlanCache plans, RunDispatcher dispatcher)
{
    /// <summary>Rows of a container on one page.</summary>
    public const int PageSize = 50;

    private const int MostRounds = 8;
    private const int LatestRows = 200;

    /// <summary>What a person gave a pipeline last, as JSON; null: nothing yet.</summary>
    public async Task<string?> LastInputsAsync(Guid pipeline, Actor actor, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        return await db.Runs.Where(x => x.PipelineKey == db.Pipelines.Where(p => p.Id == pipeline).Select(p => p.Key).FirstOrDefault() && x.StarterId == actor.Person && x.Trigger == RunTrigger.Person)
            .OrderByDescending(x => x.CreatedAt).Select(x => x.Inputs).FirstOrDefaultAsync(cancel);
    }

    /// <summary>The run; null where there is none.</summary>
    public async Task<RunHead?> HeadAsync(Guid id, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var row = await db.Runs.Where(x => x.Id == id).Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (run, pipeline) => new { run, pipeline.Id, pipeline.Name }).SingleOrDefaultAsync(cancel);
        if (row is null) return null;
        var uncertain = row.run.WaitingFor != WaitingFor.Resolution ? null : await db.Mails.Where(x => x.RunKey == row.run.Key && x.Status == MailStatus.Uncertain).OrderBy(x => x.SortPath).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancel);
        return new RunHead(row.run, row.Id, row.Name, await plans.GetAsync(row.run.PipelineKey, row.run.Version, row.run.DraftRevision, cancel), uncertain, await ScheduledAsync(db, row.run, cancel), await HeldAsync(db, row.run, cancel));
    }

    private static async Task<DateTimeOffset?> HeldAsync(DesignerDb db, Run run, CancellationToken cancel) =>
        run.WaitingFor != WaitingFor.People ? null : await db.Approvals.Where(x => x.RunKey == run.Key && !x.Settled && x.Status != ApprovalStatus.Pending && x.ReleaseAt != null).Select(x => x.ReleaseAt).MinAsync(cancel);

    private static async Task<ScheduledRun?> ScheduledAsync(DesignerDb db, Run run, CancellationToken cancel)
    {
        if (run.ScheduleKey is not { } key || await db.Schedules.Where(x => x.Key == key).Select(x => new { x.Id, x.TimeZone, x.DeletedAt }).SingleOrDefaultAsync(cancel) is not { } schedule) return null;
        var by = await db.ScheduleSlots.Where(x => x.ScheduleKey == key && x.Slot == run.Slot && x.Reason == SlotReason.Triggered).Select(x => x.Note).FirstOrDefaultAsync(cancel);
        return new ScheduledRun(schedule.DeletedAt is null ? schedule.Id : null, schedule.TimeZone, by);
    }

    /// <summary>The steps outside containers in the graph's order, those not begun too.</summary>
    public async Task<IReadOnlyList<StepLine>> RootAsync(RunHead head, CancellationToken cancel)
    {
        await using var db = database.Read(head.Run.WorkspaceId);
        var nodes = head.Plan.Root.Nodes;
        var paths = nodes.SelectMany(x => Enumerable.Range(1, MostRounds).Select(round => StepPath.Segment(x.Rank, x.Id, round))).ToList();
        var rows = new List<Step>();
        foreach (var some in paths.Chunk(400)) rows.AddRange(await db.Steps.Where(x => x.RunKey == head.Run.Key && some.Contains(x.SortPath)).ToListAsync(cancel));
        var there = rows.Select(x => StepPath.LastOf(x.SortPath).Node).ToHashSet(StringComparer.Ordinal);
        foreach (var node in nodes.Where(x => !there.Contains(x.Id)))
            rows.Add(new Step { RunKey = head.Run.Key, SortPath = StepPath.Segment(node.Rank, node.Id, 1), Status = head.Run.Status > RunStatus.Waiting ? StepStatus.Cancelled : StepStatus.Pending });
        return await LinesAsync(db, head, rows, cancel);
    }

    /// <summary>For each node in a container its step of the latest iteration that got so far, the order of paths.</summary>
    public async Task<IReadOnlyList<StepLine>> LatestInsideAsync(RunHead head, CancellationToken cancel)
    {
        var inner = head.Plan.Graph.Nodes.Count(x => x.Parent is not null);
        if (inner == 0) return [];
        await using var db = database.Read(head.Run.WorkspaceId);
        var latest = new Dictionary<string, Step>(StringComparer.Ordinal);
        foreach (var container in head.Plan.Root.Nodes.Where(x => x.Inside is not null))
        {
            var from = StepPath.AllInside(StepPath.Segment(container.Rank, container.Id, 1));
            var end = from[..^1] + (char)(from[^1] + 1);
            foreach (var row in await db.Steps.Where(x => x.RunKey == head.Run.Key && string.Compare(x.SortPath, from) >= 0 && string.Compare(x.SortPath, end) < 0).OrderByDescending(x => x.SortPath).Take(LatestRows).ToListAsync(cancel))
                latest.TryAdd(StepPath.LastOf(row.SortPath).Node, row);
        }
        return await LinesAsync(db, head, [.. latest.Values], cancel);
    }

    /// <summary>A page of what happened inside a container.</summary>
    public async Task<(IReadOnlyList<StepLine> Lines, bool HasMore)> InsideAsync(RunHead head, string container, string? after, CancellationToken cancel)
    {
        await using var db = database.Read(head.Run.WorkspaceId);
        var from = StepPath.AllInside(container);
        var end = from[..^1] + (char)(from[^1] + 1);
        var rows = await db.Steps.Where(x => x.RunKey == head.Run.Key && string.Compare(x.SortPath, after ?? from) > 0 && string.Compare(x.SortPath, end) < 0).OrderBy(x => x.SortPath).Take(PageSize + 1).ToListAsync(cancel);
        return (await LinesAsync(db, head, rows.Take(PageSize).ToList(), cancel), rows.Count > PageSize);
    }

    /// <summary>One step with its calls; null where the run has no such step.</summary>
    public async Task<StepDetail?> StepAsync(RunHead head, string path, CancellationToken cancel)
    {
        if (StepPath.ToSort(path, head.Plan) is not { } sort) return null;
        await using var db = database.Read(head.Run.WorkspaceId);
        var row = await db.Steps.SingleOrDefaultAsync(x => x.RunKey == head.Run.Key && x.SortPath == sort, cancel) ?? new Step { RunKey = head.Run.Key, SortPath = sort, Status = StepStatus.Pending };
        var lines = await LinesAsync(db, head, [row], cancel);
        if (lines.Count == 0) return null;
        var calls = await db.ModelCalls.Where(x => x.RunKey == head.Run.Key && x.SortPath == sort).OrderBy(x => x.Key).Take(200).ToListAsync(cancel);
        var approval = await db.Approvals.SingleOrDefaultAsync(x => x.RunKey == head.Run.Key && x.SortPath == sort, cancel);
        var mail = lines[0].Node.Graph.Kind == "email" ? await db.Mails.SingleOrDefaultAsync(x => x.RunKey == head.Run.Key && x.SortPath == sort, cancel) : null;
        return new StepDetail(lines[0], calls, OutputOf(row, head.Run, calls), approval, mail);
    }

    private async Task<IReadOnlyList<StepLine>> LinesAsync(DesignerDb db, RunHead head, List<Step> rows, CancellationToken cancel)
    {
        foreach (var (path, since) in dispatcher.Running(head.Run.Id))
        {
            if (rows.Find(x => x.SortPath == path) is not { } running) continue;
            running.Status = StepStatus.Running;
            running.StartedAt = since;
        }
        rows.Sort((x, y) => string.CompareOrdinal(x.SortPath, y.SortPath));
        var paths = rows.Select(x => x.SortPath).ToList();
        var calls = new Dictionary<string, (int Count, decimal? Cost)>(StringComparer.Ordinal);
        foreach (var some in paths.Chunk(400))
            foreach (var call in await db.ModelCalls.Where(x => x.RunKey == head.Run.Key && some.Contains(x.SortPath)).Select(x => new { x.SortPath, x.Cost }).ToListAsync(cancel))
            {
                var sum = calls.GetValueOrDefault(call.SortPath);
                calls[call.SortPath] = (sum.Count + 1, call.Cost is { } cost ? (sum.Cost ?? 0) + cost : sum.Cost);
            }
        var lines = new List<StepLine>(rows.Count);
        foreach (var row in rows)
        {
            if (head.Plan.FindNode(StepPath.LastOf(row.SortPath).Node) is not { } node) continue;
            var sum = calls.GetValueOrDefault(row.SortPath);
            lines.Add(new StepLine(row.SortPath, StepPath.ToReadable(row.SortPath), node, row, sum.Count, sum.Cost, node.Inside is null ? null : await ItemsAsync(db, head, row.SortPath, node, cancel)));
        }
        return lines;
    }

    /// <summary>Counts the iterations whose last node is settled.</summary>
    private static Task<int> ItemsAsync(DesignerDb db, RunHead head, string container, PlanNode node, CancellationToken cancel)
    {
        var from = StepPath.AllInside(container);
        var end = from[..^1] + (char)(from[^1] + 1);
        var last = node.Inside!.Nodes[^1];
        var tail = "%]/" + StepPath.Segment(last.Rank, last.Id, 1);
        return db.Steps.Where(x => x.RunKey == head.Run.Key && string.Compare(x.SortPath, from) >= 0 && string.Compare(x.SortPath, end) < 0 && EF.Functions.Like(x.SortPath, tail)).CountAsync(cancel);
    }

    private static JsonElement? OutputOf(Step row, Run run, List<ModelCall> calls)
    {
        var answer = calls.Find(x => x.Key == row.AnswerCall)?.Response;
        var json = StoredOutput.Of(row.OutputSource, row.Output, run.Inputs, run.Outputs, answer);
        return json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
    }
}
