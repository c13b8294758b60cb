using Microsoft.Data.Sqlite;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>
/// What a database says, read from a copy of its files: the next process finds them exactly as the last one left them. To be read while
/// no process writes.
/// </summary>
internal sealed class Ledger
{
    private Ledger(IReadOnlyList<RunRow> runs, IReadOnlyList<StepRow> steps, IReadOnlyList<CallRow> calls, IReadOnlyList<EventRow> events)
    {
        Runs = runs;
        Steps = steps;
        Calls = calls;
        Events = events;
    }

    public sealed record RunRow(string Id, RunStatus Status, long Fence, string Inputs, string? Outputs, long InputTokens, long OutputTokens, long Cost, string? ErrorCode);

    public sealed record StepRow(string Run, string Step, StepStatus Status);

    /// <summary>A call in the log; its key is the one that the model was shown.</summary>
    public sealed record CallRow(string Run, string Step, long Fence, long N, ModelCallStatus Status, long InputTokens, long OutputTokens, long Cost, long StartedAt, long DurationMs)
    {
        public string Key => $"{Run}/{Step}/{Fence}-{N}";
    }

    public sealed record EventRow(string Run, long Seq, RunStatus Status, string Reason);

    public IReadOnlyList<RunRow> Runs { get; }

    public IReadOnlyList<StepRow> Steps { get; }

    public IReadOnlyList<CallRow> Calls { get; }

    public IReadOnlyList<EventRow> Events { get; }

    /// <summary>Reads the database in a data directory.</summary>
    public static Ledger Read(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("pd-ledger-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(folder, "promptdesigner.db*").Where(x => !x.EndsWith("-shm", StringComparison.Ordinal)))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            using var connection = new SqliteConnection($"Data Source={Path.Combine(copy, "promptdesigner.db")};Pooling=False");
            connection.Open();
            return new Ledger(
                Rows(connection, "SELECT Id, Status, Fence, Inputs, Outputs, InputTokens, OutputTokens, Cost, ErrorCode FROM Runs ORDER BY Key", x => new RunRow(
                    Id(x, 0), (RunStatus)x.GetInt64(1), x.GetInt64(2), x.GetString(3), x.IsDBNull(4) ? null : x.GetString(4), x.GetInt64(5), x.GetInt64(6), x.GetInt64(7),
                    x.IsDBNull(8) ? null : x.GetString(8))),
                Rows(connection, "SELECT r.Id, s.SortPath, s.Status FROM Steps s JOIN Runs r ON r.Key = s.RunKey", x => new StepRow(
                    Id(x, 0), StepPath.ToReadable(x.GetString(1)), (StepStatus)x.GetInt64(2))),
                Rows(connection, "SELECT r.Id, c.SortPath, c.Fence, c.N, c.Status, c.InputTokens, c.OutputTokens, COALESCE(c.Cost, 0), c.StartedAt, c.DurationMs FROM ModelCalls c JOIN Runs r ON r.Key = c.RunKey ORDER BY c.Key", x => new CallRow(
                    Id(x, 0), StepPath.ToReadable(x.GetString(1)), x.GetInt64(2), x.GetInt64(3), (ModelCallStatus)x.GetInt64(4), x.GetInt64(5), x.GetInt64(6), x.GetInt64(7), x.GetInt64(8), x.GetInt64(9))),
                Rows(connection, "SELECT r.Id, e.Seq, e.Status, e.Reason FROM RunEvents e JOIN Runs r ON r.Key = e.RunKey ORDER BY e.RunKey, e.Seq", x => new EventRow(
                    Id(x, 0), x.GetInt64(1), (RunStatus)x.GetInt64(2), x.GetString(3))));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read()) found.Add(read(rows));
        return found;
    }

    private static string Id(SqliteDataReader row, int column) => new Guid((byte[])row.GetValue(column), true).ToString();
}
