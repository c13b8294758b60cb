using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Designer.Runs;

/// <summary>What the nodes of a pipeline gave lately: examples for whoever edits it, and sources for a part that is tried.</summary>
public sealed class LastOutputs(Database database)
{
    private const int Runs = 5;
    private const int MostRows = 2_000;
    private const int MostSize = 256 * 1024;

    /// <summary>For each node its output in the newest of the last runs and tries in which it gave one; of a node in a container one of its iterations. Outputs over 256 KB are left out.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<IReadOnlyDictionary<string, KnownOutput>> ReadAsync(Guid pipeline, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var key = await db.Pipelines.Where(x => x.Id == pipeline).Select(x => x.Key).SingleOrDefaultAsync(cancel);
        var runs = await db.Runs.Where(x => x.PipelineKey == key).OrderByDescending(x => x.CreatedAt).Take(Runs).Select(x => new { x.Key, x.Inputs, x.Outputs }).ToListAsync(cancel);
        var found = new Dictionary<string, KnownOutput>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            var rows = await db.Steps.Where(x => x.RunKey == run.Key && x.Status == StepStatus.Succeeded).OrderByDescending(x => x.SortPath).Take(MostRows)
                .Select(x => new { x.SortPath, x.Port, x.OutputSource, x.Output, x.AnswerCall }).ToListAsync(cancel);
            var wanted = rows.Select(x => (Row: x, StepPath.LastOf(x.SortPath).Node)).Where(x => !found.ContainsKey(x.Node)).DistinctBy(x => x.Node).ToList();
            var calls = wanted.Where(x => x.Row.AnswerCall is not null).Select(x => x.Row.AnswerCall!.Value).ToList();
            var answers = await db.ModelCalls.Where(x => calls.Contains(x.Key)).Select(x => new { x.Key, x.Response }).ToDictionaryAsync(x => x.Key, x => x.Response, cancel);
            foreach (var (row, node) in wanted)
            {
                var answer = row.AnswerCall is { } call ? answers.GetValueOrDefault(call) : null;
                if (StoredOutput.Of(row.OutputSource, row.Output, run.Inputs, run.Outputs, answer) is { Length: <= MostSize } json) found[node] = new KnownOutput(JsonSerializer.Deserialize<JsonElement>(json), row.Port);
            }
        }
        return found;
    }
}

/// <summary>Outputs lie where their text is kept already; this finds them.</summary>
public static class StoredOutput
{
    /// <summary>The output of a step as JSON; null where it has none.</summary>
    public static string? Of(OutputSource source, string? own, string inputs, string? outputs, string? answer) => source switch
    {
        OutputSource.RunInputs => inputs,
        OutputSource.RunOutputs => outputs,
        OutputSource.AnswerJson => answer,
        OutputSource.AnswerText => answer is null ? null : JsonSerializer.Serialize(answer),
        _ => own,
    };
}
