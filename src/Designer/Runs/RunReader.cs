using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Designer.Runs;

/// <summary>Runs and steps as the API shows them.</summary>
public sealed class RunReader(Database database, PlanCache plans, RunDispatcher dispatcher, Prices prices)
{
    private const int FirstSteps = 200;

    /// <summary>A run with its pipeline.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Pipeline">The pipeline's id.</param>
    /// <param name="PipelineName">The pipeline's name.</param>
    /// <param name="Schedule">The schedule that made it; null: none did.</param>
    public sealed record Row(Run Run, Guid Pipeline, string PipelineName, Guid? Schedule);

    /// <summary>A run's status; null where there is no such run.</summary>
    public async Task<RunStatus?> StatusAsync(Guid id, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return await db.Runs.Where(x => x.Id == id).Select(x => (RunStatus?)x.Status).SingleOrDefaultAsync(cancel);
    }

    /// <summary>A run with its first steps; null where there is no such run.</summary>
    public async Task<object?> FindAsync(Guid id, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        if (await FindRowAsync(db, id, cancel) is not { } row) return null;
        var (steps, next) = await PageAsync(db, row.Run, "", null, null, FirstSteps, cancel);
        return Show(row, steps, next);
    }

    /// <summary>A page of a run's steps, in the graph's order.</summary>
    public async Task<Answer<object>> StepsAsync(Guid id, int workspace, string under, StepStatus? status, Paging paging, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        if (await FindRowAsync(db, id, cancel) is not { } row) return new Refusal("not_found", "There is no such run.");
        var prefix = "";
        if (under.Length > 0)
        {
            var plan = await plans.GetAsync(row.Run.PipelineKey, row.Run.Version, row.Run.DraftRevision, cancel);
            if (Prefix(under, plan) is not { } found) return new Refusal("not_found", $"This run's pipeline has no step '{under}'.");
            prefix = found;
        }
        var (steps, next) = await PageAsync(db, row.Run, prefix, status, paging.After, paging.Limit, cancel);
        return new { items = steps, next };
    }

    /// <summary>A run without its steps.</summary>
    public object ShowInList(Row row) => Show(row, null, null);

    /// <summary><c>reviews</c> means all iterations, <c>reviews[12]</c> one of them.</summary>
    private static string? Prefix(string under, RunPlan plan)
    {
        if (!under.EndsWith(']')) return StepPath.ToSort(under, plan) is { } whole ? StepPath.AllInside(whole) : null;
        var open = under.LastIndexOf('[');
        if (open < 0 || !int.TryParse(under.AsSpan(open + 1, under.Length - open - 2), out var iteration)) return null;
        return StepPath.ToSort(under[..open], plan) is { } container ? StepPath.Inside(container, iteration) : null;
    }

    private static Task<Row?> FindRowAsync(DesignerDb db, Guid id, CancellationToken cancel) =>
        db.Runs.Where(x => x.Id == id).Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (run, pipeline) => new Row(run, pipeline.Id, pipeline.Name, db.Schedules.Where(s => s.Key == run.ScheduleKey).Select(s => (Guid?)s.Id).FirstOrDefault())).SingleOrDefaultAsync(cancel);

    private async Task<(IReadOnlyList<object> Steps, string? Next)> PageAsync(
        DesignerDb db, Run run, string prefix, StepStatus? status, string? after, int limit, CancellationToken cancel)
    {
        var plan = await plans.GetAsync(run.PipelineKey, run.Version, run.DraftRevision, cancel);
        var query = db.Steps.Where(x => x.RunKey == run.Key);
        if (prefix.Length > 0)
        {
            var end = prefix[..^1] + (char)(prefix[^1] + 1);
            query = query.Where(x => string.Compare(x.SortPath, prefix) >= 0 && string.Compare(x.SortPath, end) < 0);
        }
        if (after is not null) query = query.Where(x => string.Compare(x.SortPath, after) > 0);
        if (status is { } wanted and not StepStatus.Running) query = query.Where(x => x.Status == wanted);
        else if (status == StepStatus.Running) query = query.Where(x => false);
        var rows = await query.OrderBy(x => x.SortPath).Take(limit + 1).ToListAsync(cancel);
        AddRunning(run, rows, prefix, status, after, limit);
        var next = rows.Count > limit ? Paging.Cursor("steps", rows[limit - 1].SortPath) : null;
        rows = rows.Take(limit).ToList();
        var paths = rows.Select(x => x.SortPath).ToList();
        var calls = await CallsAsync(db, run, paths, cancel);
        var approvals = await db.Approvals.Where(x => x.RunKey == run.Key && paths.Contains(x.SortPath)).Select(x => new { x.SortPath, x.Id }).ToDictionaryAsync(x => x.SortPath, x => x.Id, cancel);
        return (rows.Select(x => StepView.Of(x, run, plan, calls.GetValueOrDefault(x.SortPath, []), approvals.TryGetValue(x.SortPath, out var gate) ? gate : null)).ToList(), next);
    }

    private static async Task<Dictionary<string, List<ModelCall>>> CallsAsync(DesignerDb db, Run run, List<string> paths, CancellationToken cancel)
    {
        var rows = await db.ModelCalls.Where(x => x.RunKey == run.Key && paths.Contains(x.SortPath)).OrderBy(x => x.Key).ToListAsync(cancel);
        return rows.GroupBy(x => x.SortPath, StringComparer.Ordinal).ToDictionary(x => x.Key, x => x.ToList(), StringComparer.Ordinal);
    }

    /// <summary>Steps that run have no row yet; their owner knows them.</summary>
    private void AddRunning(Run run, List<Step> rows, string prefix, StepStatus? status, string? after, int limit)
    {
        if (run.Status != RunStatus.Running || status is not (null or StepStatus.Running)) return;
        var last = rows.Count > limit ? rows[^1].SortPath : null;
        foreach (var (path, since) in dispatcher.Running(run.Id))
        {
            if (!path.StartsWith(prefix, StringComparison.Ordinal) || string.CompareOrdinal(path, after) <= 0 || (last is not null && string.CompareOrdinal(path, last) > 0)) continue;
            rows.RemoveAll(x => x.SortPath == path && x.Status == StepStatus.Pending);
            if (rows.Exists(x => x.SortPath == path)) continue;
            rows.Add(new Step { RunKey = run.Key, SortPath = path, Status = StepStatus.Running, StartedAt = since });
        }
        rows.Sort((x, y) => string.CompareOrdinal(x.SortPath, y.SortPath));
    }

    private object Show(Row row, IReadOnlyList<object>? steps, string? next)
    {
        var x = row.Run;
        var view = new Dictionary<string, object?>
        {
            ["id"] = x.Id, ["pipeline"] = new { id = row.Pipeline, name = row.PipelineName }, ["version"] = x.Version is { } version ? version : "draft", ["status"] = x.Status.ToString(),
            ["waitingFor"] = x.WaitingFor == WaitingFor.None ? null : x.WaitingFor.ToString().ToLowerInvariant(), ["trigger"] = x.Trigger.ToString().ToLowerInvariant(),
            ["schedule"] = row.Schedule, ["slot"] = x.Slot, ["previousSlot"] = x.PreviousSlot, ["startedBy"] = x.StartedBy, ["account"] = x.Account, ["priority"] = x.Priority.ToString().ToLowerInvariant(), ["try"] = x.Try, ["practice"] = x.Practice,
            ["inputs"] = new RawJson(x.Inputs), ["outputs"] = new RawJson(x.Outputs),
            ["error"] = x.ErrorCode is null ? null : new { code = x.ErrorCode, message = x.ErrorMessage, step = x.ErrorStep },
            ["createdAt"] = x.CreatedAt, ["startedAt"] = x.StartedAt, ["finishedAt"] = x.FinishedAt,
            ["tokens"] = new { input = x.InputTokens, output = x.OutputTokens, total = x.InputTokens + x.OutputTokens }, ["cost"] = StepView.Money(x.Cost), ["currency"] = prices.Currency,
        };
        if (steps is null) return view;
        view["steps"] = steps;
        view["stepsNext"] = next;
        return view;
    }
}
