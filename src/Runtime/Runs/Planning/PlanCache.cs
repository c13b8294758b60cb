using System.Collections.Concurrent;
using PromptDesigner.Runtime.Runs.Execution;

namespace PromptDesigner.Runtime.Runs.Planning;

/// <summary>Plans of pinned graphs, made once: versions and snapshots of drafts never change.</summary>
public sealed class PlanCache
{
    private const int Most = 500;

    private readonly ConcurrentDictionary<(int Pipeline, int? Version, int? Draft), RunPlan> _plans = new();
    private readonly RunLoader _loader;
    private readonly PlanBuilder _builder;

    internal PlanCache(RunLoader loader, PlanBuilder builder)
    {
        _loader = loader;
        _builder = builder;
    }

    /// <summary>The plan of a version, or of a draft's revision.</summary>
    /// <exception cref="InvalidOperationException">Nothing is stored under that number, or it cannot run.</exception>
    public async ValueTask<RunPlan> GetAsync(int pipeline, int? version, int? draftRevision, CancellationToken cancel)
    {
        var key = (pipeline, version, draftRevision);
        if (_plans.TryGetValue(key, out var plan)) return plan;
        var graph = await _loader.GraphAsync(pipeline, version, draftRevision, cancel)
                    ?? throw new InvalidOperationException($"Pipeline {pipeline} has no version {version} and no snapshot of draft {draftRevision}.");
        plan = _builder.Build(graph);
        if (_plans.Count >= Most) _plans.Clear();
        return _plans.GetOrAdd(key, plan);
    }
}
