using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>An input or an output of a pipeline as a column.</summary>
/// <param name="IsOutput">An output.</param>
/// <param name="Name">The field's name.</param>
public sealed record ResultColumn(bool IsOutput, string Name)
{
    /// <summary>Its name among all columns: <c>inputs.text</c>.</summary>
    public string Key { get; } = (IsOutput ? "outputs." : "inputs.") + Name;

    /// <summary>What a run's row holds there; null: nothing.</summary>
    public ResultValue? Of(IReadOnlyDictionary<string, ResultValue> inputs, IReadOnlyDictionary<string, ResultValue> outputs) => (IsOutput ? outputs : inputs).TryGetValue(Name, out var value) ? value : null;

    /// <summary>Each column once: inputs, then outputs, in the order in which they come.</summary>
    public static IReadOnlyList<ResultColumn> Merge(IEnumerable<ResultColumn> columns) => [.. columns.Distinct().OrderBy(x => x.IsOutput)];

    /// <summary>What the nodes of a graph declare; what cannot be read declares nothing.</summary>
    public static IReadOnlyList<ResultColumn> Declared(Graph graph) => Merge(graph.Nodes.Where(x => x.Kind is "input" or "output").SelectMany(Fields));

    private static IEnumerable<ResultColumn> Fields(GraphNode node)
    {
        if (node.Settings.ValueKind != JsonValueKind.Object || !node.Settings.TryGetProperty("fields", out var fields) || fields.ValueKind != JsonValueKind.Array) yield break;
        foreach (var field in fields.EnumerateArray())
            if (field.ValueKind == JsonValueKind.Object && field.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String) yield return new ResultColumn(node.Kind == "output", name.GetString()!);
    }
}

/// <summary>The columns that versions declare, read once: versions and snapshots of drafts never change.</summary>
internal sealed class DeclaredColumns
{
    private const int Most = 2_000;

    private readonly ConcurrentDictionary<(int Pipeline, int? Version, int? Draft), IReadOnlyList<ResultColumn>> _known = new();

    /// <summary>The columns of versions and drafts; those of the first come first.</summary>
    public async Task<IReadOnlyList<ResultColumn>> OfAsync(DesignerDb db, int pipeline, IEnumerable<(int? Version, int? Draft)> graphs, CancellationToken cancel)
    {
        var all = new List<ResultColumn>();
        foreach (var (version, draft) in graphs)
        {
            if (!_known.TryGetValue((pipeline, version, draft), out var columns))
            {
                var graph = version is null
                    ? await db.DraftSnapshots.Where(x => x.PipelineKey == pipeline && x.Revision == draft).Select(x => x.Graph).SingleOrDefaultAsync(cancel)
                    : await db.PipelineVersions.Where(x => x.PipelineKey == pipeline && x.Number == version).Select(x => x.Graph).SingleOrDefaultAsync(cancel);
                columns = graph is null ? [] : ResultColumn.Declared(GraphJudge.ReadStored(graph));
                if (_known.Count >= Most) _known.Clear();
                _known[(pipeline, version, draft)] = columns;
            }
            all.AddRange(columns);
        }
        return ResultColumn.Merge(all);
    }
}
