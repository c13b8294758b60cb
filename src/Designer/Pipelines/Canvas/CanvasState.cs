using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Shared;

namespace PromptDesigner.Designer.Pipelines.Canvas;

/// <summary>What a run says of a node on the canvas. The browser's side is <c>State</c> in <c>types.ts</c>.</summary>
/// <param name="Status">The step's status by its own name.</param>
/// <param name="Word">The status in words.</param>
/// <param name="Tone">Its colour, as the tokens name it.</param>
/// <param name="Port">The port it left by.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Note">Containers: how many items are done.</param>
/// <param name="Text">The end of the answer that is being written.</param>
public sealed record CanvasState(string Status, string Word, string Tone, string? Port, string? Time, string? Cost, string? Note, string? Text)
{
    private const int Tail = 60;

    /// <summary>How many items are done, or how often it went round and by which port it left.</summary>
    public static string Count(StepLine container) => container.Node.Graph.Kind == "repeat"
        ? $"{(container.Items == 1 ? "1 round" : $"{Say.Number(container.Items ?? 0)} rounds")}{(container.Row.Port is "exhausted" ? ", the check did not hold" : "")}"
        : $"{Say.Number(container.Items ?? 0)} done";

    /// <summary>The states of a run's steps by node.</summary>
    /// <param name="lines">The steps, the latest of a node last.</param>
    /// <param name="answers">What is being written, by step path.</param>
    /// <param name="currency">The currency of costs.</param>
    /// <param name="now">The time, for steps that run.</param>
    public static IReadOnlyDictionary<string, CanvasState> Of(IReadOnlyList<StepLine> lines, IReadOnlyDictionary<string, string>? answers, string currency, DateTimeOffset now)
    {
        var states = new Dictionary<string, CanvasState>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var row = line.Row;
            var said = line.Said;
            var time = row.StartedAt is not { } from || row.Status is StepStatus.Pending or StepStatus.Skipped ? null : Say.Duration((row.FinishedAt ?? now) - from);
            var text = row.Status == StepStatus.Running && answers?.GetValueOrDefault(line.Path) is { Length: > 0 } written ? written[^Math.Min(Tail, written.Length)..] : null;
            states[line.Node.Id] = new CanvasState(row.Status.ToString(), row is { Status: StepStatus.Succeeded, Attempts: 0 } ? "Kept" : said.Word, said.Tone, row.Port, time, line.Calls > 0 && line.Cost is { } cost ? Say.Money(cost, currency) : null, line.Items is null ? null : Count(line), text);
        }
        return states;
    }
}
