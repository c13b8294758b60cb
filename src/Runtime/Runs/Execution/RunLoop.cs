using System.Collections.Concurrent;
using System.Threading.Channels;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>How a run's owner came to leave it.</summary>
internal enum LoopEnd { Over, Waiting, Released, Lost }

/// <summary>
/// Drives one owned run: asks <see cref="ReadySteps"/> what may start, has it run and remembered, and goes on until nothing is left but
/// waiting. One caller at a time changes the state; steps run beside it and report through the inbox.
/// </summary>
internal sealed partial class RunLoop(RunState state, EngineParts parts)
{
    private static readonly TimeSpan GateLook = TimeSpan.FromSeconds(2);

    // Whoever reports goes on as the loop: the next step starts on the thread that has remembered the one before. Others post.
    private readonly Channel<Message> _inbox = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<ScopeState> _dirty = new();
    private readonly Queue<StepState> _ready = new();
    private readonly Dictionary<string, StepState> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _live = new(StringComparer.Ordinal);
    private Outcome _unsaved = new();
    private int _running;
    private bool _rootEnded;
    private bool _lost;
    private bool _draining;

    private OwnedRun Run => state.Run;

    /// <summary>Rows of iterations that an earlier owner began, until their container starts again.</summary>
    public required RestoredRows Restored { get; init; }

    /// <summary>Steps that are being worked on, by sorting path, with when they began.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Live => _live;

    /// <summary>Looks again at what waits: somebody decided, or a time came.</summary>
    public void Wake() => Post(new Message.Wake());

    /// <summary>Starts nothing more and gives the run back when nothing runs.</summary>
    public void Drain() => Post(new Message.Drain());

    /// <summary>Stops what runs at once: the run was cancelled, or somebody took it over.</summary>
    public void Stop()
    {
        Post(new Message.Stop());
        _ = _stop.CancelAsync(); // callers hold a lock; what the cancellation sets off must not run under it
    }

    /// <summary>Stops what runs and gives the run back: the process has no more time.</summary>
    public void GiveUp()
    {
        Drain();
        _ = _stop.CancelAsync();
    }

    /// <summary>Runs until the run is over, waits, is given back or lost.</summary>
    public async Task<LoopEnd> RunAsync()
    {
        foreach (var step in state.Root.Steps)
            if (step.Status is StepStatus.Waiting or StepStatus.Uncertain) _waiting.Add(step.SortPath, step);
        _dirty.Enqueue(state.Root);
        if (_waiting.Count > 0) await SettleAsync();
        while (true)
        {
            if (!_lost) await AdvanceAsync();
            if (_running == 0)
            {
                if (_lost) return LoopEnd.Lost;
                if (await LeaveAsync() is { } end) return end;
                continue;
            }
            if (!_unsaved.IsEmpty && !_lost) await FlushAsync();
            await HandleAsync(await NextMessageAsync());
        }
    }

    /// <summary>Lets everything start that may, until all that is left runs or waits.</summary>
    private async Task AdvanceAsync()
    {
        while (true)
        {
            while (_dirty.TryDequeue(out var scope)) Advance(scope);
            if (_rootEnded || _draining || _ready.Count == 0 || _running >= parts.Options.MaxParallelNodes) return;
            if (_unsaved.MustPrecede) await FlushAsync(); // what a step reads must be durable before it starts
            if (_lost) return;
            while (_running < parts.Options.MaxParallelNodes && _ready.TryDequeue(out var step))
                if (step.Status == StepStatus.Running) await StartAsync(step);
        }
    }

    private void Advance(ScopeState scope)
    {
        if (scope.IsAbandoned || scope.IsOver) return;
        if (scope.IsCut) CutUnbegun(scope);
        var next = scope.Next();
        foreach (var node in next.Skip)
        {
            var step = scope.Steps[node];
            step.Status = StepStatus.Skipped;
            _unsaved.Steps.Add((step.ToRow(state, parts.Clock.GetUtcNow()), null));
        }
        foreach (var node in next.Start)
        {
            scope.Steps[node].Status = StepStatus.Running;
            _ready.Enqueue(scope.Steps[node]);
        }
        var ended = next.Ended || (next.Skip.Count > 0 && next.Start.Count == 0 && scope.Next().Ended);
        if (scope.IsStopping && !ended) CutInside(scope);
        if (scope.Container is null) _rootEnded = ended;
        else if (ended) EndIteration(scope);
        else NoteBusy(scope, scope.Steps.Any(x => x.Status == StepStatus.Running && x.Container is null or { Busy: > 0 }));
    }

    private async Task FlushAsync()
    {
        if (_unsaved.IsEmpty) return;
        var commit = _unsaved;
        _unsaved = new Outcome();
        if (!await parts.Journal.OutcomeAsync(Run, commit)) LoseIt();
        else if (commit.Mails.Count > 0) parts.Outbox.Raise();
    }

    private async Task HandleAsync(Message message)
    {
        switch (message)
        {
            case Message.Done done:
                Leave(done.Work);
                if (done.Work.IsCurrent) Apply(done.Work.Step, done.Outcome, done.Work.Calls);
                break;
            case Message.Stopped stopped:
                Leave(stopped.Work);
                if (stopped.Work.IsCurrent) stopped.Work.Step.Status = StepStatus.Pending; // the process stops; the next owner begins it again
                break;
            case Message.Collected collected:
                _running--;
                if (collected.Step.Container == collected.Container) FinishList(collected.Step);
                break;
            case Message.Lost:
                _running--;
                LoseIt();
                break;
            case Message.Broken broken:
                _running--;
                LoseIt();
                throw new RunBrokenException(Run.Id, broken.Error);
            case Message.Stop:
                LoseIt();
                break;
            case Message.Drain:
                _draining = true;
                break;
            case Message.Wake:
                if (!_lost) await SettleAsync();
                break;
        }
    }

    /// <summary>From outside, on a thread of the loop's own: callers hold locks.</summary>
    private void Post(Message message) => ThreadPool.UnsafeQueueUserWorkItem(static x => x.Inbox.TryWrite(x.Message), (Inbox: _inbox.Writer, Message: message), preferLocal: false);

    private void LoseIt()
    {
        _lost = true;
        _stop.Cancel();
    }

    /// <summary>The next report; a look at what waits when its time comes before that.</summary>
    private async Task<Message> NextMessageAsync()
    {
        if (_inbox.Reader.TryRead(out var message)) return message;
        if (_waiting.Count == 0 || _lost) return await _inbox.Reader.ReadAsync(CancellationToken.None);
        var now = parts.Clock.GetUtcNow();
        var look = _waiting.Values.Min(x => x.WaitUntil is { } until ? until - now : GateLook);
        using var timeout = new CancellationTokenSource(look < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : look < GateLook ? look : GateLook, parts.Clock);
        try
        {
            return await _inbox.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return new Message.Wake();
        }
    }
}

/// <summary>A run's owner met an error that is no step's: the journal could not write, or the process acts dead.</summary>
public sealed class RunBrokenException(Guid run, Exception inner) : Exception($"Run {run} could not go on: {inner.Message}", inner)
{
    /// <summary>The run.</summary>
    public Guid Run { get; } = run;
}
