using System.Data.Common;
using System.Threading.Channels;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>
/// Group commit: what is queued while one transaction is written goes into the next one together, so durability costs one wait for the
/// disk per group and not per step. Writes at once when idle; never waits for a timer.
/// </summary>
public sealed class JournalWriter(Database database, CrashPoints crash) : IAsyncDisposable
{
    private const int MostInAGroup = 256;

    private readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private Task? _loop;

    /// <summary>Opens the connection that all writes go through.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        _loop = Task.Run(() => WriteAllAsync(connection), CancellationToken.None);
    }

    /// <summary>Queues a unit of work; the answer comes when it is durable. Units are written in the order of their queueing.</summary>
    /// <param name="write">Runs inside the group's transaction, maybe twice when the group has to be taken apart; must not keep state.</param>
    internal Task<T> WriteAsync<T>(Func<JournalTables, T> write)
    {
        var entry = new Entry<T>(write);
        if (!_queue.Writer.TryWrite(entry)) throw new InvalidOperationException("The journal is closed.");
        return entry.Answer;
    }

    /// <summary>Writes what is queued, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_loop is not null) await _loop;
    }

    private async Task WriteAllAsync(DbConnection connection)
    {
        await using var _ = connection;
        using var tables = new JournalTables(connection);
        var group = new List<Entry>(MostInAGroup);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            group.Clear();
            while (group.Count < MostInAGroup && _queue.Reader.TryRead(out var entry)) group.Add(entry);
            using (await database.EnterWriteAsync(CancellationToken.None)) WriteGroup(tables, group);
        }
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
