using System.Globalization;
using Microsoft.Data.Sqlite;

namespace PromptDesigner.Data.Storage;

/// <summary>
/// Tells SQLite's planner how selective every index is in a large database. Left alone it takes any equality for selective, and reads a whole workspace
/// for what another index finds at once. Real statistics would be those of the empty database that a process started with; these hold at every size.
/// </summary>
internal static class PlannerStatistics
{
    private const long Small = 1_000;

    private static readonly Dictionary<string, long> Rows = new(StringComparer.Ordinal)
    {
        ["Runs"] = 1_000_000, ["Steps"] = 5_000_000, ["ModelCalls"] = 5_000_000, ["RunEvents"] = 5_000_000, ["Approvals"] = 100_000, ["ApprovalDecisions"] = 100_000, ["AuditEntries"] = 100_000, ["Mails"] = 100_000, ["Schedules"] = 5_000, ["ScheduleSlots"] = 5_000_000, ["Notices"] = 100_000,
    };

    private static readonly Dictionary<string, long> Different = new(StringComparer.Ordinal) { ["WorkspaceId"] = 4, ["Status"] = 5, ["PipelineKey"] = 50, ["RunKey"] = 1_000_000, ["ScheduleKey"] = 5_000, ["PersonId"] = 100 };

    /// <summary>Stores them, where they are not stored yet.</summary>
    public static async Task WriteAsync(SqliteConnection connection, CancellationToken cancel)
    {
        var wanted = await WantedAsync(connection, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "ANALYZE __EFMigrationsHistory"; // SQLite makes its table of statistics itself
        await command.ExecuteNonQueryAsync(cancel);
        command.CommandText = "SELECT tbl || ' ' || COALESCE(idx, '') || ' ' || stat FROM sqlite_stat1";
        var stored = new HashSet<string>(StringComparer.Ordinal);
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) stored.Add(reader.GetString(0));
        if (wanted.All(x => stored.Contains($"{x.Table} {x.Index} {x.Numbers}"))) return;
        command.CommandText = "DELETE FROM sqlite_stat1";
        await command.ExecuteNonQueryAsync(cancel);
        command.CommandText = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($table, $index, $numbers)";
        foreach (var (table, index, numbers) in wanted)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$table", table);
            command.Parameters.AddWithValue("$index", index);
            command.Parameters.AddWithValue("$numbers", numbers);
            await command.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        SqliteConnection.ClearPool(connection); // a connection reads them when it is opened
    }

    /// <summary>For each index: rows of its table, then rows that share its first column, its first two, and so on.</summary>
    private static async Task<List<(string Table, string Index, string Numbers)>> WantedAsync(SqliteConnection connection, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT m.name, i.name, i."unique", c.name FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND m.name NOT LIKE '~_~_%' ESCAPE '~' ORDER BY m.name, i.name, c.seqno
            """;
        var columns = new List<(string Table, string Index, bool IsUnique, string Column)>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) columns.Add((reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetString(3)));
        return
        [
            .. columns.GroupBy(x => (x.Table, x.Index, x.IsUnique)).Select(index =>
            {
                var rows = Rows.GetValueOrDefault(index.Key.Table, Small);
                var numbers = new List<long> { rows };
                foreach (var (_, _, _, column) in index) numbers.Add(Math.Max(1, numbers[^1] / Different.GetValueOrDefault(column, rows)));
                if (index.Key.IsUnique) numbers[^1] = 1;
                return (index.Key.Table, index.Key.Index, string.Join(' ', numbers.Select(x => x.ToString(CultureInfo.InvariantCulture))));
            }),
        ];
    }
}
