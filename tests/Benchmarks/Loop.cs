using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace PromptDesigner.Benchmarks;

/// <summary>
/// The yardstick: what the same work costs a program that does nothing else. A raw HttpClient, 64 runs at once; one row per run and one per
/// step (prompt, answer, tokens), committed in groups at <c>synchronous=FULL</c>; the next step starts when the row before is durable.
/// </summary>
internal sealed class Loop : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
    private readonly Channel<Row> _rows = Channel.CreateUnbounded<Row>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly Task _writing;
    private readonly Uri _address;
    private long _runs;

    public Loop(string modelAddress, string databaseFile)
    {
        _address = new Uri(modelAddress + "/chat/completions");
        _connection = new SqliteConnection("Data Source=" + databaseFile);
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        Execute("CREATE TABLE Runs (Id INTEGER PRIMARY KEY, Input TEXT, Output TEXT, At INTEGER); CREATE TABLE Steps (Run INTEGER, Step INTEGER, Prompt TEXT, Answer TEXT, Input INTEGER, Output INTEGER, PRIMARY KEY (Run, Step));");
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Runs chains of prompts; the answer is the time for all.</summary>
    public async Task<TimeSpan> RunAsync(int runs, int steps, string text, int atOnce)
    {
        var since = Stopwatch.StartNew();
        var left = runs;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await ChainAsync(steps, text);
        }));
        return since.Elapsed;
    }

    private async Task ChainAsync(int steps, string text)
    {
        var run = Interlocked.Increment(ref _runs);
        var value = text;
        for (var step = 1; step <= steps; step++)
        {
            var prompt = $"{Work.Before}Step {step}: {value}";
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { model = "m", messages = new[] { new { role = "user", content = prompt } } }));
            content.Headers.ContentType = new("application/json");
            using var response = await _http.PostAsync(_address, content);
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            value = body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
            var usage = body.RootElement.GetProperty("usage");
            await KeepAsync(new Row(run, step, prompt, value, usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32()));
        }
        await KeepAsync(new Row(run, 0, text, value, 0, 0));
    }

    private Task KeepAsync(Row row)
    {
        _rows.Writer.TryWrite(row);
        return row.Durable.Task;
    }

    private async Task WriteAsync()
    {
        using var step = Prepare("INSERT INTO Steps VALUES ($1, $2, $3, $4, $5, $6)", 6);
        using var run = Prepare("INSERT INTO Runs VALUES ($1, $2, $3, $4)", 4);
        using var begin = Prepare("BEGIN IMMEDIATE", 0);
        using var commit = Prepare("COMMIT", 0);
        var group = new List<Row>();
        while (await _rows.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < 256 && _rows.Reader.TryRead(out var row)) group.Add(row);
            begin.ExecuteNonQuery();
            foreach (var row in group)
            {
                if (row.Step == 0) Run(run, row.Run, row.Prompt, row.Answer, Environment.TickCount64);
                else Run(step, row.Run, row.Step, row.Prompt, row.Answer, row.Input, row.Output);
            }
            commit.ExecuteNonQuery();
            foreach (var row in group) row.Durable.TrySetResult();
        }
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter("$" + i, null));
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        _rows.Writer.Complete();
        await _writing;
        Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        await _connection.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _http.Dispose();
    }

    private sealed record Row(long Run, int Step, string Prompt, string Answer, int Input, int Output)
    {
        public TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
