using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Pipelines.Drafts;

/// <summary>One page's place at a draft: sees the document of all, edits it, and takes its own edits back.</summary>
public sealed class DraftSeat : IAsyncDisposable
{
    private static readonly TimeSpan Merging = TimeSpan.FromSeconds(2);

    private readonly DraftRoom _room;
    private readonly Actor _actor;
    private readonly DraftSteps _steps;
    private bool _isGone;

    internal DraftSeat(DraftRoom room, Actor actor, DraftSteps steps) => (_room, _actor, _steps) = (room, actor, steps);

    /// <summary>The pipeline's id.</summary>
    public Guid Pipeline => _room.Pipeline;

    /// <summary>The document as it is stored.</summary>
    public Graph Graph => _room.Graph;

    /// <summary>The document in canonical form.</summary>
    public string Written => _room.Written;

    /// <summary>How often it was stored.</summary>
    public int Revision => _room.Revision;

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<Problem> Problems => _room.Problems;

    /// <summary>Sends that an administrator let go without a gate.</summary>
    public IReadOnlyList<SendAllowed> Allowed => _room.Allowed;

    /// <summary>Who else sits here.</summary>
    public IReadOnlyList<string> Others => [.. _room.Seats.Where(x => x._actor.Name != _actor.Name).Select(x => x._actor.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>There is an own edit to take back.</summary>
    public bool CanUndo => _steps.Undo.Count > 0;

    /// <summary>There is one taken back to make again.</summary>
    public bool CanRedo => _steps.Redo.Count > 0;

    /// <summary>Called after anybody's edit, and when somebody comes or goes; on another's thread.</summary>
    public Func<Task>? OnChanged { get; set; }

    /// <summary>Makes an edit, whole or not at all.</summary>
    /// <param name="edit">The operations, in order.</param>
    /// <param name="merge">Edits that say the same word within two seconds are one step of undo; null: a step of its own.</param>
    /// <param name="cancel">Stops waiting for the turn.</param>
    /// <returns>The revision as which it is durable.</returns>
    public async Task<Answer<int>> ApplyAsync(IReadOnlyList<DraftOperation> edit, string? merge, CancellationToken cancel)
    {
        var done = await _room.ApplyAsync(edit, this, _actor, cancel);
        if (done.Refusal is null && done.Value.Inverse.Count > 0) Note(done.Value.Inverse, merge);
        _room.Tell(OnChanged);
        return done.Refusal is { } refusal ? refusal : done.Value.Revision;
    }

    /// <summary>Takes this seat's last edit back.</summary>
    public Task<Answer<int>> UndoAsync(CancellationToken cancel) => GoAsync(_steps.Undo, _steps.Redo, cancel);

    /// <summary>Makes again what was taken back last.</summary>
    public Task<Answer<int>> RedoAsync(CancellationToken cancel) => GoAsync(_steps.Redo, _steps.Undo, cancel);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (_isGone) return ValueTask.CompletedTask;
        (_isGone, OnChanged) = (true, null);
        _room.Leave(this, _actor, _steps);
        return ValueTask.CompletedTask;
    }

    private void Note(IReadOnlyList<DraftOperation> inverse, string? merge)
    {
        var now = _room.Clock.GetUtcNow();
        if (merge is not null && _steps.Undo.TryPeek(out var last) && last.Merge == merge && now - last.At < Merging)
        {
            _steps.Undo.Pop();
            _steps.Undo.Push(new DraftStep([.. inverse, .. last.Back], merge, now));
        }
        else _steps.Undo.Push(new DraftStep(inverse, merge, now));
        _steps.Redo.Clear();
    }

    private async Task<Answer<int>> GoAsync(Stack<DraftStep> from, Stack<DraftStep> to, CancellationToken cancel)
    {
        if (!from.TryPop(out var step)) return _room.Revision;
        var done = await _room.ApplyAsync(step.Back, this, _actor, cancel);
        if (done.Refusal is not null) from.Push(step);
        else if (done.Value.Inverse.Count > 0) to.Push(new DraftStep(done.Value.Inverse, null, _room.Clock.GetUtcNow()));
        _room.Tell(OnChanged);
        return done.Refusal is { } refusal ? refusal : done.Value.Revision;
    }
}
