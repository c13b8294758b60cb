using System.Collections.Concurrent;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Designer.Shell;

/// <summary>Lists that show what is true now: each looks again at most twice a second, and only when something changed.</summary>
public sealed class LiveViews(RunFeed feed, TimeProvider clock, ILogger<LiveViews> log)
{
    private static readonly TimeSpan Merge = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<View, bool> _views = new();

    /// <summary>How many listen.</summary>
    public int Listening => _views.Count;

    /// <summary>Calls <paramref name="look"/> after changes until the answer is disposed; never twice at once.</summary>
    /// <param name="look">Looks again; dispatches to its component itself.</param>
    public IDisposable Watch(Func<CancellationToken, Task> look)
    {
        var view = new View(this);
        _views.TryAdd(view, true);
        _ = view.RunAsync(look);
        return view;
    }

    private sealed class View(LiveViews owner) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public async Task RunAsync(Func<CancellationToken, Task> look)
        {
            var seen = owner.Changes;
            using var timer = new PeriodicTimer(Merge, owner.Clock);
            try
            {
                while (await timer.WaitForNextTickAsync(_stop.Token))
                {
                    var now = owner.Changes;
                    if (now == seen) continue;
                    seen = now;
                    try
                    {
                        await look(_stop.Token);
                    }
                    catch (Exception error) when (error is not OperationCanceledException)
                    {
                        LiveLog.NotLooked(owner.Log, error); // the next change looks again
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // disposed
            }
        }

        public void Dispose()
        {
            if (!owner._views.TryRemove(this, out _)) return;
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private long Changes => feed.Changes;

    private TimeProvider Clock => clock;

    private ILogger Log => log;
}

internal static partial class LiveLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A list could not be looked at again")]
    public static partial void NotLooked(ILogger logger, Exception error);
}
