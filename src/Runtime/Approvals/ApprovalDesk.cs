using System.Text.Json;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>
/// Takes decisions. Everything that makes one valid is judged inside the transaction that stores it: state, content hash, the person's right.
/// The run's owner takes it over from the rows.
/// </summary>
public sealed class ApprovalDesk
{
    private readonly JournalWriter _writer;
    private readonly RunDispatcher _dispatcher;
    private readonly RunEngine _engine;
    private readonly RunFeed _feed;
    private readonly EditCheck _edits;
    private readonly TimeProvider _clock;
    private readonly CrashPoints _crash;

    internal ApprovalDesk(JournalWriter writer, RunDispatcher dispatcher, RunEngine engine, RunFeed feed, EditCheck edits, TimeProvider clock, CrashPoints crash)
    {
        _writer = writer;
        _dispatcher = dispatcher;
        _engine = engine;
        _feed = feed;
        _edits = edits;
        _clock = clock;
        _crash = crash;
    }

    /// <summary>Stores a person's decision. The answer is the approval's id.</summary>
    public async Task<Answer<Guid>> DecideAsync(Guid approval, Decision decision, Actor actor, CancellationToken cancel)
    {
        if (actor.Person is null) return new Refusal("person_required", "Only a person decides approvals. Use a key of your own, not a service's.");
        if (decision.Edited is { } edited && await _edits.JudgeAsync(approval, edited, actor.Workspace, cancel) is { } wrong) return wrong;
        _crash.Hit("decision.before-commit");
        var now = _clock.GetUtcNow();
        var made = await _writer.WriteAsync(t => new DecisionUnit(t, actor, now).Decide(approval, decision));
        _crash.Hit("decision.after-commit");
        return await AfterAsync(approval, made, cancel);
    }

    /// <summary>Takes the person's own decision back while it is held. The gate is open again then.</summary>
    public async Task<Answer<Guid>> UndoAsync(Guid approval, Actor actor, CancellationToken cancel)
    {
        if (actor.Person is null) return new Refusal("person_required", "Only the person who decided can undo it.");
        _crash.Hit("undo.before-commit");
        var now = _clock.GetUtcNow();
        return await AfterAsync(approval, await _writer.WriteAsync(t => new DecisionUnit(t, actor, now).Undo(approval)), cancel);
    }

    private async Task<Answer<Guid>> AfterAsync(Guid approval, DecisionMade made, CancellationToken cancel)
    {
        if (made.Refusal is { } refusal) return refusal;
        if (made.Woken is { } run) await _dispatcher.EnqueueAsync(run, cancel);
        else _dispatcher.Wake(made.Run);
        if (made.ReleaseAt is { } release) await _engine.SweepAtAsync(release, cancel);
        _feed.Changed(made.Run);
        return approval;
    }
}

/// <summary>What storing a decision or its undoing came to.</summary>
internal sealed record DecisionMade(Refusal? Refusal, Guid Run = default, QueuedRun? Woken = null, DateTimeOffset? ReleaseAt = null);
