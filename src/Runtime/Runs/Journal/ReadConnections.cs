using System.Collections.Concurrent;
using System.Data.Common;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>Connections for reading run tables outside EF, kept open with their statements prepared.</summary>
internal sealed class ReadConnections(Database database) : IDisposable
{
    private const int Kept = 8;
    private readonly ConcurrentBag<ReadConnection> _idle = [];

    /// <summary>Every row of a query, through <paramref name="read"/>.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<System.Data.IDataRecord, T> read, CancellationToken cancel, params object?[] values)
    {
        if (!_idle.TryTake(out var connection)) connection = new ReadConnection(await database.OpenConnectionAsync(cancel));
        try
        {
            return connection.Of(sql, values.Length).Rows(read, values);
        }
        finally
        {
            if (_idle.Count < Kept) _idle.Add(connection);
            else connection.Dispose();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }

    private sealed class ReadConnection(DbConnection connection) : IDisposable
    {
        private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

        public Statement Of(string sql, int parameters)
        {
            if (!_statements.TryGetValue(sql, out var statement)) _statements.Add(sql, statement = new Statement(connection, sql, parameters));
            return statement;
        }

        public void Dispose()
        {
            foreach (var statement in _statements.Values) statement.Dispose();
            connection.Dispose();
        }
    }
}
