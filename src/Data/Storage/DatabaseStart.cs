using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PromptDesigner.Data.Storage;

/// <summary>Makes the database ready at start: one process a file, a backup before a migration, migrations that survive being killed.</summary>
public sealed class DatabaseStart(Database database, TimeProvider clock) : IDisposable
{
    private const int BackupsKept = 5;
    private FileStream? _lock;

    /// <summary>Takes the file's lock for as long as this object lives, then brings the schema up to date.</summary>
    /// <exception cref="DatabaseStartException">Another process has the file, it is damaged or newer, or it cannot be written.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        TakeLock();
        try
        {
            var isOld = File.Exists(database.FilePath) && new FileInfo(database.FilePath).Length > 0; // asked first: opening makes the file
            if (!await IsUpToDateAsync(cancel))
            {
                await using var db = database.CreateDbContext();
                await ForgetStaleMigrationLockAsync(cancel);
                if (isOld) await BackUpAsync(cancel);
                await db.Database.MigrateAsync(cancel);
            }
            await using var connection = await database.OpenConnectionAsync(cancel);
            await PlannerStatistics.WriteAsync((SqliteConnection)connection, cancel);
        }
        catch (SqliteException error)
        {
            throw new DatabaseStartException($"Database:ConnectionString: {database.FilePath} cannot be used ({error.Message}). {Backups()}", error);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock?.Dispose();

    private void TakeLock()
    {
        var path = database.FilePath + ".lock";
        MakeFolder("DataDirectory", database.DataDirectory);
        MakeFolder("Database:ConnectionString", Path.GetDirectoryName(path)!);
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            _lock.SetLength(0);
            _lock.Write(System.Text.Encoding.UTF8.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            _lock.Flush();
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DatabaseStartException($"DataDirectory: {database.DataDirectory} cannot be written. Give this user the right to write there, or name another directory.", error);
        }
        catch (IOException error)
        {
            throw new DatabaseStartException(
                $"Database:ConnectionString: {database.FilePath} is in use by another process. SQLite supports one instance: stop the other one, or give this one another DataDirectory.", error);
        }
    }

    private static void MakeFolder(string key, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DatabaseStartException($"{key}: the directory {folder} cannot be made. Make it yourself, writable for this user, or name another one.", error);
        }
    }

    /// <summary>Asks without EF: building its model takes longer than the rest of a start.</summary>
    private async Task<bool> IsUpToDateAsync(CancellationToken cancel)
    {
        if (!File.Exists(database.FilePath)) return false;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'";
        if (Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture) == 0) return false;
        command.CommandText = "SELECT MigrationId FROM __EFMigrationsHistory ORDER BY MigrationId";
        var applied = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) applied.Add(reader.GetString(0));
        var known = typeof(Database).Assembly.GetTypes()
            .Select(x => x.GetCustomAttributes(typeof(MigrationAttribute), false).OfType<MigrationAttribute>().FirstOrDefault()?.Id)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
        var newer = applied.Find(x => !known.Contains(x));
        if (newer is not null)
            throw new DatabaseStartException($"Database:ConnectionString: {database.FilePath} was written by a newer PromptDesigner (schema {newer}). Start that version, or restore a backup.");
        return applied.Count == known.Count;
    }

    /// <summary>EF waits for ever for the row that a killed migration left; we hold the file's lock, so nobody else is migrating.</summary>
    private async Task ForgetStaleMigrationLockAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = '__EFMigrationsLock'";
        if (Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture) == 0) return;
        command.CommandText = "DELETE FROM __EFMigrationsLock";
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task BackUpAsync(CancellationToken cancel)
    {
        var folder = Path.Combine(database.DataDirectory, "backups");
        Directory.CreateDirectory(folder);
        foreach (var cut in Directory.GetFiles(folder, "before-migration-*.db.part")) File.Delete(cut);
        var target = Path.Combine(folder, $"before-migration-{clock.GetUtcNow():yyyyMMdd-HHmmss-fff}.db");
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $target";
            command.Parameters.Add(new SqliteParameter("$target", target + ".part"));
            await command.ExecuteNonQueryAsync(cancel);
        }
        File.Move(target + ".part", target);
        foreach (var old in Directory.GetFiles(folder, "before-migration-*.db").Order(StringComparer.Ordinal).SkipLast(BackupsKept)) File.Delete(old);
    }

    private string Backups()
    {
        var folder = Path.Combine(database.DataDirectory, "backups");
        var newest = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.db").Order(StringComparer.Ordinal).LastOrDefault() : null;
        return newest is null ? "No backup was found in the data directory." : $"Newest backup: {newest}.";
    }
}

/// <summary>The database cannot be used; the message names the key, the problem and the remedy.</summary>
public sealed class DatabaseStartException(string message, Exception? inner = null) : Exception(message, inner);
