using System.Globalization;
using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Designer.Runs;

/// <summary>A step as the API shows it.</summary>
public static class StepView
{
    /// <summary>The view of a step with the calls that it made.</summary>
    public static object Of(Step x, Run run, RunPlan plan, IReadOnlyList<ModelCall> calls, Guid? approval)
    {
        var node = plan.FindNode(StepPath.LastOf(x.SortPath).Node);
        return new
        {
            path = StepPath.ToReadable(x.SortPath), node = node?.Id, kind = node?.Graph.Kind, name = node?.Title, status = x.Status.ToString(),
            port = x.Status == StepStatus.Succeeded ? x.Port ?? "out" : null, prompt = new RawJson(calls.Count > 0 ? calls[^1].Prompt : null), output = new RawJson(OutputOf(x, run, calls)),
            error = x.ErrorCode is null ? null : new { code = x.ErrorCode, message = x.ErrorMessage }, startedAt = x.StartedAt, finishedAt = x.FinishedAt, waitUntil = x.WaitUntil, approval,
            attempts = calls.Select(Of).ToList(),
        };
    }

    /// <summary>Money as the API writes it: a decimal text.</summary>
    public static string? Money(decimal? money) => money?.ToString("0.############", CultureInfo.InvariantCulture);

    private static object Of(ModelCall x) => new
    {
        attempt = x.Attempt, status = x.Status.ToString(), model = x.Model, provider = x.Model.Split('/', 2)[0], inputTokens = x.InputTokens, cachedTokens = x.CachedTokens,
        outputTokens = x.OutputTokens, cost = Money(x.Cost), startedAt = x.StartedAt, durationMs = x.DurationMs, response = x.Response,
        error = x.ErrorCode is null ? null : new { code = x.ErrorCode, message = x.ErrorMessage },
    };

    private static string? OutputOf(Step x, Run run, IReadOnlyList<ModelCall> calls) => x.OutputSource switch
    {
        OutputSource.RunInputs => run.Inputs,
        OutputSource.RunOutputs => run.Outputs,
        OutputSource.AnswerJson => calls.FirstOrDefault(c => c.Key == x.AnswerCall)?.Response,
        OutputSource.AnswerText => calls.FirstOrDefault(c => c.Key == x.AnswerCall)?.Response is { } text ? JsonSerializer.Serialize(text, Problems.Json) : null,
        _ => x.Output,
    };
}
