using System.Data;
using System.Data.Common;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>A prepared statement with parameters <c>@1</c>, <c>@2</c>, … that takes the house's types. Used by one thread at a time.</summary>
internal sealed class Statement : IDisposable
{
    private readonly DbCommand _command;

    public Statement(DbConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = "@" + i;
            _command.Parameters.Add(parameter);
        }
    }

    /// <summary>Rows changed.</summary>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; null where there is none.</summary>
    public object? Scalar(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        var value = _command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>Every row, through <paramref name="read"/>.</summary>
    public List<T> Rows<T>(Func<IDataRecord, T> read, params ReadOnlySpan<object?> values)
    {
        Bind(values);
        using var reader = _command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                Guid id => id.ToByteArray(true),
                DateTimeOffset time => time.ToUnixTimeMilliseconds(),
                decimal money => PicoMoney.ToPico(money),
                bool flag => flag ? 1L : 0L,
                Enum value => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
                { } value => value,
            };
    }
}

/// <summary>Reads the house's types from rows of plain ADO.NET.</summary>
internal static class RowReading
{
    public static string? TextOrNull(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static int? IntOrNull(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static long? LongOrNull(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static DateTimeOffset Time(this IDataRecord row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static Guid Id(this IDataRecord row, int column) => new((byte[])row.GetValue(column), true);

    public static Guid? IdOrNull(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.Id(column);
}
