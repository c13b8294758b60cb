using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Runs.Dispatch;

/// <summary>Which queued run goes next: the highest priority first, then pipelines in turn, then the oldest. A mirror of the queued rows; callers lock.</summary>
internal sealed class RunQueue
{
    private readonly Lane[] _lanes = [new(), new(), new()];

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a run behind those of its pipeline and priority.</summary>
    public void Add(QueuedRun run)
    {
        _lanes[(int)run.Priority].Add(run);
        Count++;
    }

    /// <summary>Takes the run whose turn it is.</summary>
    public bool TryTake(out QueuedRun run)
    {
        for (var priority = RunPriority.High; priority >= RunPriority.Low; priority--)
        {
            if (!_lanes[(int)priority].TryTake(out run)) continue;
            Count--;
            return true;
        }
        run = null!;
        return false;
    }

    private sealed class Lane
    {
        private readonly Dictionary<int, Queue<QueuedRun>> _byPipeline = [];
        private readonly Queue<int> _turns = new();

        public void Add(QueuedRun run)
        {
            if (!_byPipeline.TryGetValue(run.PipelineKey, out var waiting))
            {
                _byPipeline.Add(run.PipelineKey, waiting = new Queue<QueuedRun>());
                _turns.Enqueue(run.PipelineKey);
            }
            waiting.Enqueue(run);
        }

        public bool TryTake(out QueuedRun run)
        {
            run = null!;
            if (!_turns.TryDequeue(out var pipeline)) return false;
            var waiting = _byPipeline[pipeline];
            run = waiting.Dequeue();
            if (waiting.Count > 0) _turns.Enqueue(pipeline);
            else _byPipeline.Remove(pipeline);
            return true;
        }
    }
}
