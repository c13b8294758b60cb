using System.Data.Common;

namespace PromptDesigner.Benchmarks;

/// <summary>Makes a database with many runs out of one that has a single run of a chain.</summary>
internal static class StoredRuns
{
    /// <summary>How many prompts the copied run asks.</summary>
    public const int Prompts = 5;

    // each stored run is this much younger than the one before it; the oldest is some weeks old
    private const int Apart = 2_500;

    /// <summary>Copies the first run, as rows, until there are enough. The engine is down, so that nothing has to be durable before all is.</summary>
    public static async Task FillAsync(string connectionString, long wanted)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(connectionString);
        await connection.OpenAsync();
        await RunAsync(connection, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-500000;");
        var have = await NumberAsync(connection, "SELECT COUNT(*) FROM Runs");
        if (have >= wanted) return;
        var runs = await NumberAsync(connection, "SELECT MAX(Key) FROM Runs");
        var calls = await NumberAsync(connection, "SELECT MAX(Key) FROM ModelCalls");
        await RunAsync(connection, $"""
            BEGIN;
            CREATE TEMP TABLE n AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {wanted - have}) SELECT x FROM c;
            {await CopyAsync(connection, "Runs", "Key", ("Key", $"{runs} + x"), ("Id", $"unhex(printf('%012x7%019x', r.CreatedAt, {runs} + x))"))}
            {await CopyAsync(connection, "RunEvents", "RunKey", ("RunKey", $"{runs} + x"))}
            {await CopyAsync(connection, "Steps", "RunKey", ("RunKey", $"{runs} + x"), ("AnswerCall", $"{calls} + (x - 1) * {Prompts} + r.AnswerCall"))}
            {await CopyAsync(connection, "ModelCalls", "RunKey", ("Key", $"{calls} + (x - 1) * {Prompts} + r.Key"), ("RunKey", $"{runs} + x"))}
            COMMIT;
            DROP TABLE n;
            """);
    }

    /// <summary>The statement that copies a table's rows of the first run, keys as given and times set back.</summary>
    private static async Task<string> CopyAsync(DbConnection connection, string table, string key, params (string Column, string Sql)[] made)
    {
        var columns = new List<string>();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) columns.Add(reader.GetString(0));
        var values = columns.Select(x => made.FirstOrDefault(m => m.Column == x).Sql
                                         ?? (x.EndsWith("At", StringComparison.Ordinal) ? $"r.{x} - 1000000 * {Apart} + x * {Apart}" : $"r.\"{x}\""));
        return $"INSERT INTO {table} (\"{string.Join("\", \"", columns)}\") SELECT {string.Join(", ", values)} FROM n CROSS JOIN (SELECT * FROM {table} WHERE {key} = 1) r;";
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 1_800;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> NumberAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
