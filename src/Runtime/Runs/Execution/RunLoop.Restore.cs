using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <content>Containers that an earlier owner had begun: iterations are known from their rows.</content>
internal sealed partial class RunLoop
{
    private async Task RestoreAsync(StepState step)
    {
        if (Restored.Take(step.SortPath) is not { } iterations) return;
        if (step.Container!.IsList) await RestoreListAsync(step, iterations);
        else await RestoreRepeatAsync(step, iterations);
    }

    private async Task RestoreListAsync(StepState step, SortedDictionary<int, List<StepRow>> iterations)
    {
        var container = step.Container!;
        foreach (var (iteration, rows) in iterations)
        {
            if (iteration >= container.Count) continue;
            var scope = new ScopeState(step.Node.Inside!, StepPath.Inside(step.SortPath, iteration), step, iteration) { Item = container.Plan.Items!.Value[iteration] };
            RestoredRows.Fill(scope, rows);
            if (scope.Next().Ended)
                container.Ended[iteration] = scope.Failure is null ? default : EndOf(scope);
            else
                await TakeUpAsync(step, scope);
        }
    }

    private async Task RestoreRepeatAsync(StepState step, SortedDictionary<int, List<StepRow>> iterations)
    {
        var last = iterations.Keys.Last();
        var feedback = last == 0 ? "" : await FeedbackAsync(step, last - 1);
        if (step.Container is null) return;
        var scope = new ScopeState(step.Node.Inside!, StepPath.Inside(step.SortPath, last), step, last) { Feedback = feedback };
        RestoredRows.Fill(scope, iterations[last]);
        for (var i = 0; i < last; i++) step.Container.Ended[i] = default;
        await TakeUpAsync(step, scope);
    }

    private async Task TakeUpAsync(StepState step, ScopeState scope)
    {
        await parts.Loader.FillAsync(Run, scope, _stop.Token);
        foreach (var inner in scope.Steps)
            if (inner.Status is StepStatus.Waiting or StepStatus.Uncertain) _waiting[inner.SortPath] = inner;
        step.Container!.Active.Add(scope.Iteration, scope);
        step.Container.Busy++;
        _dirty.Enqueue(scope);
    }

    /// <summary>What the iteration after a given one of a <c>repeat</c> reads as <c>feedback</c>; judging it again gives the same.</summary>
    private async Task<string> FeedbackAsync(StepState step, int iteration)
    {
        var before = iteration == 0 ? "" : await FeedbackAsync(step, iteration - 1);
        var scope = new ScopeState(step.Node.Inside!, StepPath.Inside(step.SortPath, iteration), step, iteration) { Feedback = before };
        await parts.Loader.FillAsync(Run, scope, _stop.Token);
        try
        {
            return Kind(scope).Judge(parts.Steps.InsideOf(state, scope, new StepCalls()), step.Node.Settings, iteration, _stop.Token).Feedback;
        }
        catch (TemplateRenderException error)
        {
            Finish(step, StepOutcome.Fail(step, error.Code, error.Message));
            return "";
        }
    }
}

/// <summary>A step as its row says, without its output where that was not asked for.</summary>
internal sealed record StepRow(
    string SortPath, StepStatus Status, string? Port, int Attempts, DateTimeOffset? StartedAt, DateTimeOffset? WaitUntil, string? ErrorCode, string? ErrorMessage,
    string? Feedback, JsonElement Output);

/// <summary>Rows of iterations, by the sorting path of their container, until somebody asks for them.</summary>
internal sealed class RestoredRows
{
    private readonly Dictionary<string, SortedDictionary<int, List<StepRow>>> _byContainer = new(StringComparer.Ordinal);

    /// <summary>Keeps a row of a step inside a container.</summary>
    public void Add(StepRow row)
    {
        var inside = row.SortPath.LastIndexOf("]/", StringComparison.Ordinal);
        var open = row.SortPath.LastIndexOf('[', inside);
        var container = row.SortPath[..open];
        var iteration = int.Parse(row.SortPath.AsSpan(open + 2, inside - open - 2), System.Globalization.CultureInfo.InvariantCulture);
        if (!_byContainer.TryGetValue(container, out var iterations)) _byContainer.Add(container, iterations = []);
        if (!iterations.TryGetValue(iteration, out var rows)) iterations.Add(iteration, rows = []);
        rows.Add(row);
    }

    /// <summary>The rows of a container's iterations, given once.</summary>
    public SortedDictionary<int, List<StepRow>>? Take(string container) => _byContainer.Remove(container, out var iterations) ? iterations : null;

    /// <summary>The rows of a container's iterations, left where they are.</summary>
    public SortedDictionary<int, List<StepRow>>? Peek(string container) => _byContainer.GetValueOrDefault(container);

    /// <summary>Makes the rows of one scope its state: of each node, the latest round.</summary>
    public static void Fill(ScopeState scope, IEnumerable<StepRow> rows)
    {
        foreach (var row in rows)
        {
            var (node, round) = StepPath.LastOf(row.SortPath);
            if (scope.Find(node) is not { } step || round < step.Round) continue;
            step.Round = round;
            step.Status = row.Status;
            step.Port = row.Status == StepStatus.Succeeded ? row.Port ?? "out" : null;
            step.Attempts = row.Attempts;
            step.StartedAt = row.StartedAt;
            step.WaitUntil = row.WaitUntil;
            step.ErrorCode = row.ErrorCode;
            step.ErrorMessage = row.ErrorMessage;
            step.Output = row.Output;
            step.Feedback = row.Feedback is null ? null : JsonSerializer.Deserialize<ReviewerFeedback>(row.Feedback, JsonSerializerOptions.Web);
        }
    }
}
