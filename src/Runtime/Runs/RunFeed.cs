using System.Collections.Concurrent;
using System.Threading.Channels;
using PromptDesigner.Data.Runs;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Something that happened in a run just now. Rows are the truth; a notice says where to look.</summary>
public abstract record RunNotice
{
    private RunNotice() { }

    /// <summary>The run's status may have changed.</summary>
    public sealed record Changed : RunNotice;

    /// <summary>A step began, was settled or waits.</summary>
    public sealed record Step(string Path, StepStatus Status) : RunNotice;

    /// <summary>A piece of an answer.</summary>
    public sealed record Token(string Path, string Text) : RunNotice;
}

/// <summary>How much a viewer wants to hear; each holds what stands before it.</summary>
public enum RunInterest
{
    /// <summary>Changes of the run alone.</summary>
    Changes,

    /// <summary>Steps too.</summary>
    Steps,

    /// <summary>Answers as they grow too; without such a viewer models are asked for them whole, which costs less.</summary>
    Tokens,
}

/// <summary>Tells viewers what changes, in this process. Costs nothing for runs that nobody looks at.</summary>
public sealed class RunFeed
{
    private const int MostUnread = 10_000;

    private readonly ConcurrentDictionary<Guid, Viewer[]> _viewers = new();
    private readonly Lock _change = new();
    private long _changes;

    /// <summary>Listens to one run until the answer is disposed. A viewer that does not read loses the oldest notices, never the newest.</summary>
    public Viewer Watch(Guid run, RunInterest interest = RunInterest.Tokens)
    {
        var viewer = new Viewer(this, run, interest);
        lock (_change) _viewers[run] = [.. _viewers.GetValueOrDefault(run, []), viewer];
        return viewer;
    }

    /// <summary>True while somebody wants to hear so much of the run.</summary>
    public bool Wants(Guid run, RunInterest interest) => _viewers.TryGetValue(run, out var viewers) && Array.Exists(viewers, x => x.Interest >= interest);

    /// <summary>Counts changes of any run or approval in this process; who shows lists looks again when it has moved.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    internal void Changed(Guid run)
    {
        Interlocked.Increment(ref _changes);
        Send(run, RunInterest.Changes, new RunNotice.Changed());
    }

    internal void Step(Guid run, string path, StepStatus status) => Send(run, RunInterest.Steps, new RunNotice.Step(path, status));

    internal void Token(Guid run, string path, string text) => Send(run, RunInterest.Tokens, new RunNotice.Token(path, text));

    private void Send(Guid run, RunInterest interest, RunNotice notice)
    {
        if (!_viewers.TryGetValue(run, out var viewers)) return;
        foreach (var viewer in viewers)
            if (viewer.Interest >= interest) viewer.Take(notice);
    }

    private void Leave(Viewer viewer)
    {
        lock (_change)
        {
            var left = _viewers.GetValueOrDefault(viewer.Run, []).Where(x => x != viewer).ToArray();
            if (left.Length == 0) _viewers.TryRemove(viewer.Run, out _);
            else _viewers[viewer.Run] = left;
        }
    }

    /// <summary>Somebody who listens.</summary>
    public sealed class Viewer : IDisposable
    {
        private readonly RunFeed _feed;
        private readonly Channel<RunNotice> _notices =
            Channel.CreateBounded<RunNotice>(new BoundedChannelOptions(MostUnread) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        internal Viewer(RunFeed feed, Guid run, RunInterest interest)
        {
            _feed = feed;
            Run = run;
            Interest = interest;
        }

        /// <summary>The run.</summary>
        public Guid Run { get; }

        /// <summary>What happened, in order.</summary>
        public ChannelReader<RunNotice> Notices => _notices.Reader;

        /// <inheritdoc />
        public void Dispose() => _feed.Leave(this);

        internal RunInterest Interest { get; }

        internal void Take(RunNotice notice) => _notices.Writer.TryWrite(notice);
    }
}
