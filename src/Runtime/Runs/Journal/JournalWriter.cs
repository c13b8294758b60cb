using System.Data.Common;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>
/// Group commit: what is queued while one transaction is written goes into the next one together, so durability costs one wait for the
/// disk per group and not per step. Writes at once when idle; never waits for a timer.
/// </summary>
public sealed class JournalWriter(Database database, CrashPoints crash) : IAsyncDisposable
{
    private const int MostInAGroup = 256;

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _queue = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DbConnection? _connection;
    private JournalTables? _tables;
    private bool _isWriting = true; // until it is started, units only queue
    private bool _isClosed;
    private bool _wasAlone = true;

    /// <summary>Opens the connection that all writes go through.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _connection = await database.OpenConnectionAsync(cancel);
        _tables = new JournalTables(_connection);
        _ = Task.Run(WriteQueuedAsync, CancellationToken.None);
    }

    /// <summary>Queues a unit of work; the answer comes when it is durable. Units are written in the order of their queueing.</summary>
    /// <param name="write">Runs inside the group's transaction, maybe twice when the group has to be taken apart; must not keep state.</param>
    /// <param name="here">
    /// The caller's own thread may write it while nobody else does, which saves two changes of thread. Only for callers that have nothing
    /// else to queue meanwhile: they would keep their own units from forming a group.
    /// </param>
    internal Task<T> WriteAsync<T>(Func<JournalTables, T> write, bool here = false)
    {
        var entry = new Entry<T>(write);
        lock (_lock)
        {
            if (_isClosed) throw new InvalidOperationException("The journal is closed.");
            _queue.Enqueue(entry);
            if (_isWriting) return entry.Answer;
            _isWriting = true;
        }
        // where units come side by side, the turn through the pool lets them gather
        _ = here && _wasAlone ? WriteQueuedAsync() : Task.Run(WriteQueuedAsync, CancellationToken.None);
        return entry.Answer;
    }

    /// <summary>Writes what is queued, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (!_isWriting) _closing.TrySetResult();
        }
        if (_connection is null) return;
        await _closing.Task;
        _tables!.Dispose();
        await _connection.DisposeAsync();
    }

    private async Task WriteQueuedAsync()
    {
        var group = new List<Entry>();
        while (Take(group))
        {
            try
            {
                using (await database.EnterWriteAsync(CancellationToken.None).ConfigureAwait(false)) WriteGroup(_tables!, group);
            }
            catch (Exception failure) // given to the callers, who wait for it
            {
                foreach (var entry in group) entry.Fail(failure);
            }
            _wasAlone = group.Count == 1;
            if (!IsEmpty()) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // a caller's thread does not work for the others
        }
    }

    /// <summary>Takes the next group. False where nothing is queued; the next unit begins to write anew then.</summary>
    private bool Take(List<Entry> group)
    {
        group.Clear();
        lock (_lock)
        {
            while (group.Count < MostInAGroup && _queue.TryDequeue(out var entry)) group.Add(entry);
            if (group.Count > 0) return true;
            _isWriting = false;
            if (_isClosed) _closing.TrySetResult();
            return false;
        }
    }

    private bool IsEmpty()
    {
        lock (_lock) return _queue.Count == 0;
    }

    private void WriteGroup(JournalTables tables, List<Entry> group)
    {
        if (TryWrite(tables, group, out var error)) return;
        if (group.Count == 1)
        {
            group[0].Fail(error);
            return;
        }
        foreach (var entry in group) // one of them is at fault: each alone, so that it fails alone
            if (!TryWrite(tables, [entry], out error)) entry.Fail(error);
    }

    private bool TryWrite(JournalTables tables, List<Entry> group, out Exception error)
    {
        error = null!;
        try
        {
            tables.Begin();
            foreach (var entry in group)
            {
                entry.Write(tables);
                crash.Hit("outcome.inside-group");
            }
            tables.Commit();
        }
        catch (Exception failure) // given to the callers, who wait for it
        {
            tables.RollBack();
            error = failure;
            return false;
        }
        foreach (var entry in group) entry.Complete();
        return true;
    }

    private abstract class Entry
    {
        public abstract void Write(JournalTables tables);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Entry<T>(Func<JournalTables, T> write) : Entry
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Answer => _answer.Task;

        public override void Write(JournalTables tables) => _result = write(tables);

        public override void Complete() => _answer.TrySetResult(_result);

        public override void Fail(Exception error) => _answer.TrySetException(error);
    }
}
