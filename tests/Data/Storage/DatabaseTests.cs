using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Data.Tests.Storage;

public sealed class DatabaseTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-data-").FullName;
    private Database _database = null!;
    private DatabaseStart _start = null!;

    public async Task InitializeAsync()
    {
        Open();
        await _start.RunAsync(CancellationToken.None);
    }

    public Task DisposeAsync()
    {
        Close();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_empty_directory_gets_the_whole_schema_and_no_backup()
    {
        Assert.Equal(0L, await ScalarAsync("SELECT COUNT(*) FROM Workspaces"));
        Assert.Equal(0L, await ScalarAsync("SELECT COUNT(*) FROM __EFMigrationsLock"));
        Assert.Equal("ok", await ScalarAsync("PRAGMA integrity_check"));
        Assert.False(Directory.Exists(Path.Combine(_folder, "backups")));
    }

    [Fact]
    public async Task What_is_committed_is_on_the_disk_before_anybody_hears_of_it()
    {
        foreach (var (pragma, expected) in ((string, object)[])[("journal_mode", "wal"), ("synchronous", 2L), ("foreign_keys", 1L)]) Assert.Equal(expected, await ScalarAsync("PRAGMA " + pragma));
        await using var db = _database.Read(1);
        await using var command = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(db.Database).CreateCommand();
        await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.OpenConnectionAsync(db.Database);
        command.CommandText = "PRAGMA synchronous";
        Assert.Equal(2L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Nobody_saves_without_passing_the_gate()
    {
        await using var db = _database.CreateDbContext();
        db.Workspace = 1;
        db.Workspaces.Add(new Workspace { Name = "beside" });
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync());
        Assert.Throws<InvalidOperationException>(() => db.SaveChanges());
        Assert.Equal(0L, await ScalarAsync("SELECT COUNT(*) FROM Workspaces"));
    }

    [Fact]
    public async Task Work_that_fails_leaves_nothing_and_gives_the_gate_back()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _database.WriteAsync<int>(0, async (db, cancel) =>
        {
            db.Workspaces.Add(new Workspace { Name = "half" });
            await db.SaveChangesAsync(cancel);
            throw new TimeoutException();
        }, CancellationToken.None));
        await AddAsync("whole");
        Assert.Equal("whole", await ScalarAsync("SELECT GROUP_CONCAT(Name) FROM Workspaces"));
    }

    [Fact]
    public async Task Fifty_writers_at_once_write_in_the_order_in_which_they_came()
    {
        using var held = await _database.EnterWriteAsync(CancellationToken.None);
        var writers = Enumerable.Range(0, 50).Select(x => AddAsync(x.ToString("00", CultureInfo.InvariantCulture))).ToList();
        held.Dispose();
        held.Dispose(); // gives one turn back, not two
        await Task.WhenAll(writers);
        Assert.Equal(string.Join(',', Enumerable.Range(0, 50).Select(x => x.ToString("00", CultureInfo.InvariantCulture))), await ScalarAsync("SELECT GROUP_CONCAT(Name) FROM (SELECT Name FROM Workspaces ORDER BY Id)"));
    }

    [Fact]
    public async Task A_writer_that_gives_up_waiting_keeps_nobody_out()
    {
        using var held = await _database.EnterWriteAsync(CancellationToken.None);
        using var impatient = new CancellationTokenSource();
        var left = _database.EnterWriteAsync(impatient.Token);
        var next = AddAsync("next");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        held.Dispose();
        await next;
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_is_refused()
    {
        using var second = new DatabaseStart(new Database(new DatabaseOptions { DataDirectory = _folder }), TimeProvider.System);
        var error = await Assert.ThrowsAsync<DatabaseStartException>(() => second.RunAsync(CancellationToken.None));
        Assert.Contains("in use by another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_row_that_a_killed_migration_left_holds_nobody_up_and_an_older_file_is_backed_up_first()
    {
        await AddAsync("kept");
        await ScalarAsync("INSERT INTO __EFMigrationsLock (Id, Timestamp) VALUES (1, '2020-01-01')");
        await ScalarAsync("DELETE FROM __EFMigrationsHistory; DROP TABLE Pipelines");
        foreach (var table in (await ScalarAsync("SELECT GROUP_CONCAT(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\' AND name <> 'Workspaces'") as string)!.Split(','))
            await ScalarAsync($"PRAGMA foreign_keys=OFF; DROP TABLE IF EXISTS {table}");
        await ScalarAsync("ALTER TABLE Workspaces RENAME TO OldWorkspaces");
        Close();
        Open();
        await _start.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0L, await ScalarAsync("SELECT COUNT(*) FROM Pipelines"));
        var backup = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "backups")));
        await using var old = new SqliteConnection($"Data Source={backup};Pooling=False");
        await old.OpenAsync();
        await using var command = old.CreateCommand();
        command.CommandText = "SELECT Name FROM OldWorkspaces";
        Assert.Equal("kept", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Who_made_a_pipeline_before_pipelines_had_owners_owns_it_if_still_a_member()
    {
        await using (var db = _database.CreateDbContext()) await db.GetService<IMigrator>().MigrateAsync("RunIndexes");
        foreach (var (id, mail) in ((int, string)[])[(1, "ana@example.org"), (2, "left@example.org")])
            await ScalarAsync($"INSERT INTO AspNetUsers (Id, Email, EmailConfirmed, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount) VALUES (x'0{id}', '{mail}', 0, 0, 0, 0, 0)");
        await ScalarAsync("INSERT INTO Members (Id, WorkspaceId, UserId, Role, Rights, CreatedAt) VALUES (x'01', 1, x'01', 0, 0, 0), (x'02', 2, x'02', 0, 0, 0)");
        foreach (var (id, made) in ((int, string)[])[(1, "ana@example.org"), (2, "left@example.org"), (3, "a key")])
            await ScalarAsync($"INSERT INTO Pipelines (Id, WorkspaceId, Name, Draft, DraftRevision, CreatedAt, CreatedBy, UpdatedAt) VALUES (x'0{id}', 1, 'Of {made}', '{{}}', 1, 0, '{made}', 0)");
        Close();
        Open();
        await _start.RunAsync(CancellationToken.None);
        Assert.Equal("Of a key - [], Of ana@example.org 01 [], Of left@example.org - []", await ScalarAsync("SELECT GROUP_CONCAT(Name || ' ' || IIF(OwnerId IS NULL, '-', HEX(OwnerId)) || ' ' || Tags, ', ') FROM (SELECT * FROM Pipelines ORDER BY Name)"));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_alone()
    {
        await ScalarAsync("INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Later', '99.0')");
        Close();
        var before = await File.ReadAllBytesAsync(Path.Combine(_folder, "promptdesigner.db"));
        Open();
        var error = await Assert.ThrowsAsync<DatabaseStartException>(() => _start.RunAsync(CancellationToken.None));
        Assert.Contains("newer PromptDesigner (schema 29990101000000_Later)", error.Message, StringComparison.Ordinal);
        Close();
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_folder, "promptdesigner.db")));
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_its_newest_backup()
    {
        Close();
        Directory.CreateDirectory(Path.Combine(_folder, "backups"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "backups", "before-migration-20260101-000000-000.db"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "promptdesigner.db"), new string('x', 10_000));
        Open();
        var error = await Assert.ThrowsAsync<DatabaseStartException>(() => _start.RunAsync(CancellationToken.None));
        Assert.Contains("Newest backup: " + Path.Combine(_folder, "backups", "before-migration-20260101-000000-000.db"), error.Message, StringComparison.Ordinal);
    }

    private void Open()
    {
        _database = new Database(new DatabaseOptions { DataDirectory = _folder });
        _start = new DatabaseStart(_database, TimeProvider.System);
    }

    private void Close()
    {
        _start.Dispose();
        using (var connection = new SqliteConnection(_database.ConnectionString)) SqliteConnection.ClearPool(connection);
        _database.Dispose();
    }

    private Task<int> AddAsync(string name) => _database.WriteAsync(0, (db, _) =>
    {
        db.Workspaces.Add(new Workspace { Name = name });
        return Task.FromResult(0);
    }, CancellationToken.None);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
