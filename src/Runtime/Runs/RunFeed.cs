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

/// <summary>Tells viewers what changes, in this process. Costs nothing for runs that nobody looks at.</summary>
public sealed class RunFeed
{
    private const int MostUnread = 10_000;

    private readonly ConcurrentDictionary<Guid, Viewer[]> _viewers = new();
    private readonly Lock _change = new();

    /// <summary>Listens to one run until the answer is disposed. A viewer that does not read loses the oldest notices, never the newest.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tokens">Answers are wanted piece by piece; without such a viewer models are asked for them whole, which costs less.</param>
    public Viewer Watch(Guid run, bool tokens = true)
    {
        var viewer = new Viewer(this, run, tokens);
        lock (_change) _viewers[run] = [.. _viewers.GetValueOrDefault(run, []), viewer];
        return viewer;
    }

    /// <summary>True while somebody listens to the run.</summary>
    public bool IsWatched(Guid run) => _viewers.ContainsKey(run);

    /// <summary>True while somebody wants to see the run's answers grow.</summary>
    public bool WantsTokens(Guid run) => _viewers.TryGetValue(run, out var viewers) && Array.Exists(viewers, x => x.WantsTokens);

    internal void Changed(Guid run) => Send(run, new RunNotice.Changed());

    internal void Step(Guid run, string path, StepStatus status) => Send(run, new RunNotice.Step(path, status));

    internal void Token(Guid run, string path, string text) => Send(run, new RunNotice.Token(path, text));

    private void Send(Guid run, RunNotice notice)
    {
        if (!_viewers.TryGetValue(run, out var viewers)) return;
        foreach (var viewer in viewers)
            if (viewer.WantsTokens || notice is not RunNotice.Token) viewer.Take(notice);
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

        internal Viewer(RunFeed feed, Guid run, bool tokens)
        {
            _feed = feed;
            Run = run;
            WantsTokens = tokens;
        }

        /// <summary>The run.</summary>
        public Guid Run { get; }

        /// <summary>What happened, in order.</summary>
        public ChannelReader<RunNotice> Notices => _notices.Reader;

        /// <inheritdoc />
        public void Dispose() => _feed.Leave(this);

        internal bool WantsTokens { get; }

        internal void Take(RunNotice notice) => _notices.Writer.TryWrite(notice);
    }
}
