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

    private readonly Channel<Message> _inbox = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
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
    public void Wake() => _inbox.Writer.TryWrite(new Message.Wake());

    /// <summary>Starts nothing more and gives the run back when nothing runs.</summary>
    public void Drain() => _inbox.Writer.TryWrite(new Message.Drain());

    /// <summary>Stops what runs at once: the run was cancelled, or somebody took it over.</summary>
    public void Stop()
    {
        _inbox.Writer.TryWrite(new Message.Stop());
        _stop.Cancel();
    }

    /// <summary>Stops what runs and gives the run back: the process has no more time.</summary>
    public void GiveUp()
    {
        Drain();
        _stop.Cancel();
    }

    /// <summary>Runs until the run is over, waits, is given back or lost.</summary>
    public async Task<LoopEnd> RunAsync()
    {
        foreach (var step in state.Root.Steps)
            if (step.Status == StepStatus.Waiting) _waiting.Add(step.SortPath, step);
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
        if (scope.IsAbandoned) return;
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

    /// <summary>Starts a step. One that is done at once becomes part of the next commit; any other reports when its outcome is durable.</summary>
    private async Task StartAsync(StepState step)
    {
        step.StartedAt = parts.Clock.GetUtcNow();
        parts.Feed.Step(Run.Id, step.ReadablePath, StepStatus.Running);
        if (step.Node.Kind is Nodes.IContainerNode kind)
        {
            _live[step.SortPath] = step.StartedAt.Value;
            await StartContainerAsync(step, kind);
            return;
        }
        step.Stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var calls = new StepCalls();
        var work = parts.Steps.RunAsync(state, step, calls, step.Stop.Token);
        if (work.IsCompletedSuccessfully)
        {
            var outcome = StepOutcome.Of(step, work.Result);
            AddTo(_unsaved, step, outcome, calls);
            _unsaved.MustPrecede = true;
            Apply(step, outcome, calls);
            return;
        }
        _running++;
        _live[step.SortPath] = step.StartedAt.Value;
        _ = ReportAsync(step, step.Round, calls, work.AsTask());
    }

    private async Task ReportAsync(StepState step, int round, StepCalls calls, Task<Nodes.NodeResult> work)
    {
        try
        {
            var outcome = StepOutcome.Of(step, await work);
            if (step.Stop!.IsCancellationRequested)
            {
                await parts.Journal.KeepDiscardedAsync(Run, calls.Calls);
                _inbox.Writer.TryWrite(new Message.Stopped(step, round));
                return;
            }
            var commit = new Outcome();
            AddTo(commit, step, outcome, calls);
            if (await parts.Journal.OutcomeAsync(Run, commit)) _inbox.Writer.TryWrite(new Message.Done(step, round, outcome, calls));
            else
            {
                await parts.Journal.KeepDiscardedAsync(Run, calls.Calls);
                _inbox.Writer.TryWrite(new Message.Lost());
            }
        }
        catch (OperationCanceledException) when (step.Stop!.IsCancellationRequested)
        {
            try
            {
                await parts.Journal.KeepDiscardedAsync(Run, calls.Calls);
                _inbox.Writer.TryWrite(new Message.Stopped(step, round));
            }
            catch (Exception error) // reported: the loop fails with it
            {
                _inbox.Writer.TryWrite(new Message.Broken(error));
            }
        }
        catch (Exception error) // reported: the loop fails with it
        {
            _inbox.Writer.TryWrite(new Message.Broken(error));
        }
    }

    private void AddTo(Outcome commit, StepState step, StepOutcome outcome, StepCalls calls)
    {
        commit.Calls.AddRange(calls.Calls);
        commit.Practice |= calls.Practice;
        outcome.AddTo(commit, state, step, step.Attempts + calls.Attempts, calls.Answer, parts.Clock.GetUtcNow());
    }

    private void Apply(StepState step, StepOutcome outcome, StepCalls calls)
    {
        outcome.ApplyTo(step);
        _live.TryRemove(step.SortPath, out _);
        step.Attempts += calls.Attempts;
        if (step.Status == StepStatus.Waiting) _waiting[step.SortPath] = step;
        parts.Feed.Step(Run.Id, step.ReadablePath, step.Status);
        _dirty.Enqueue(step.Scope);
    }

    private async Task FlushAsync()
    {
        if (_unsaved.IsEmpty) return;
        var commit = _unsaved;
        _unsaved = new Outcome();
        if (!await parts.Journal.OutcomeAsync(Run, commit)) LoseIt();
    }

    private async Task HandleAsync(Message message)
    {
        switch (message)
        {
            case Message.Done done:
                _running--;
                if (done.Step.Round == done.Round && done.Step.Status == StepStatus.Running) Apply(done.Step, done.Outcome, done.Calls);
                _dirty.Enqueue(done.Step.Scope);
                break;
            case Message.Stopped stopped:
                _running--;
                if (stopped.Step.Round == stopped.Round && stopped.Step.Status == StepStatus.Running) stopped.Step.Status = StepStatus.Pending;
                if (!_stop.IsCancellationRequested) _dirty.Enqueue(stopped.Step.Scope);
                break;
            case Message.Collected collected:
                _running--;
                FinishList(collected.Container);
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

    private abstract record Message
    {
        public sealed record Done(StepState Step, int Round, StepOutcome Outcome, StepCalls Calls) : Message;

        public sealed record Stopped(StepState Step, int Round) : Message;

        public sealed record Collected(StepState Container) : Message;

        public sealed record Broken(Exception Error) : Message;

        public sealed record Lost : Message;

        public sealed record Stop : Message;

        public sealed record Drain : Message;

        public sealed record Wake : Message;
    }
}

/// <summary>A run's owner met an error that is no step's: the journal could not write, or the process acts dead.</summary>
public sealed class RunBrokenException(Guid run, Exception inner) : Exception($"Run {run} could not go on: {inner.Message}", inner)
{
    /// <summary>The run.</summary>
    public Guid Run { get; } = run;
}
