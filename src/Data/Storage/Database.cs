using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace PromptDesigner.Data.Storage;

/// <summary>The database file: how it is opened, and the one gate that every write passes.</summary>
public sealed class Database : IDbContextFactory<DesignerDb>, IDisposable
{
    private static readonly string[] Pragmas =
        ["journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "wal_autocheckpoint=1000", "journal_size_limit=67108864", "cache_size=-16000"];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly DbContextOptions<DesignerDb> _options;
    private readonly DbContextOptions<DesignerDb> _reading;

    /// <summary>Does not open anything yet.</summary>
    public Database(DatabaseOptions options)
    {
        DataDirectory = Path.GetFullPath(options.DataDirectory);
        var text = string.IsNullOrWhiteSpace(options.ConnectionString) ? "Data Source=" + Path.Combine(DataDirectory, "promptdesigner.db") : options.ConnectionString;
        var parts = new SqliteConnectionStringBuilder(text) { ForeignKeys = true };
        FilePath = Path.GetFullPath(parts.DataSource);
        parts.DataSource = FilePath;
        ConnectionString = parts.ToString();
        _options = new DbContextOptionsBuilder<DesignerDb>().UseSqlite(ConnectionString).AddInterceptors(new PragmaInterceptor()).Options;
        // what the pragmas are for concerns writers; seven statements before every read would cost more than the read
        _reading = new DbContextOptionsBuilder<DesignerDb>().UseSqlite(ConnectionString).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options;
    }

    /// <summary>Absolute.</summary>
    public string DataDirectory { get; }

    /// <summary>The database file, absolute.</summary>
    public string FilePath { get; }

    /// <summary>For connections outside EF.</summary>
    public string ConnectionString { get; }

    /// <summary>A context that sees no workspace yet; set <see cref="DesignerDb.Workspace"/>, or use <see cref="Read"/>.</summary>
    public DesignerDb CreateDbContext() => new(_options);

    /// <summary>A context for reading in one workspace.</summary>
    public DesignerDb Read(int workspace) => new(_reading) { Workspace = workspace };

    /// <summary>Runs a unit of work in one transaction behind the write gate. The work saves through the context it is given; it is committed when the work returns.</summary>
    public async Task<T> WriteAsync<T>(int workspace, Func<DesignerDb, CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var turn = await EnterWriteAsync(cancel);
        await using var db = new DesignerDb(_options) { Workspace = workspace, MayWrite = true };
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var result = await work(db, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return result;
    }

    /// <summary>Waits for the write gate; whoever writes outside <see cref="WriteAsync{T}"/> holds it until the answer is disposed.</summary>
    public async Task<IDisposable> EnterWriteAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        return new Turn(_gate);
    }

    /// <summary>The same for a caller whose own caller does not wait asynchronously.</summary>
    internal IDisposable EnterWrite()
    {
        _gate.Wait(CancellationToken.None);
        return new Turn(_gate);
    }

    /// <summary>An open connection outside EF, with the house's pragmas.</summary>
    public async Task<DbConnection> OpenConnectionAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancel);
        await ApplyPragmasAsync(connection, cancel);
        return connection;
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private static async Task ApplyPragmasAsync(DbConnection connection, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = string.Concat(Pragmas.Select(x => $"PRAGMA {x};"));
        await command.ExecuteNonQueryAsync(cancel);
    }

    private sealed class PragmaInterceptor : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = string.Concat(Pragmas.Select(x => $"PRAGMA {x};"));
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
            ApplyPragmasAsync(connection, cancellationToken);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) gate.Release();
        }
    }
}
