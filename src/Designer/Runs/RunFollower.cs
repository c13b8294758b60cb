using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Designer.Runs;

/// <summary>Follows one run at a time for a screen: what is told within a moment is one look, and answers that are being written are kept at their end.</summary>
/// <param name="feed">Tells.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Hears of looks that failed.</param>
public sealed class RunFollower(RunFeed feed, TimeProvider clock, ILogger log) : IDisposable
{
    private const int Tail = 20_000;
    private static readonly TimeSpan Merge = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);
    private RunFeed.Viewer? _viewer;

    /// <summary>The run that is followed; null: none yet.</summary>
    public Guid? Run => _viewer?.Run;

    /// <summary>What is being written, by step path.</summary>
    public IReadOnlyDictionary<string, string> Answers => _answers;

    /// <summary>Follows a run, and no other any more.</summary>
    /// <param name="run">The run.</param>
    /// <param name="look">Shows what is new; true where more than answers changed. Dispatches to its component itself.</param>
    public void Follow(Guid run, Func<bool, Task> look)
    {
        _viewer?.Dispose();
        _answers.Clear();
        _viewer = feed.Watch(run);
        _ = FollowAsync(_viewer, look);
    }

    /// <summary>A step is over: its answer stands in its row.</summary>
    public void Forget(string path) => _answers.Remove(path);

    /// <inheritdoc />
    public void Dispose()
    {
        _viewer?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task FollowAsync(RunFeed.Viewer viewer, Func<bool, Task> look)
    {
        try
        {
            while (await viewer.Notices.WaitToReadAsync(_stop.Token))
            {
                await Task.Delay(Merge, clock, _stop.Token);
                if (_viewer != viewer) return;
                var isChanged = false;
                while (viewer.Notices.TryRead(out var notice))
                {
                    if (notice is RunNotice.Token token) _answers[token.Path] = End(_answers.GetValueOrDefault(token.Path) + token.Text);
                    else isChanged = true;
                }
                await look(isChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // the page is gone
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            RunFollowerLog.Stopped(log, viewer.Run, error);
        }
    }

    private static string End(string text) => text.Length > Tail ? text[^Tail..] : text;
}

internal static partial class RunFollowerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A screen stopped following the run {Run}")]
    public static partial void Stopped(ILogger logger, Guid run, Exception error);
}
