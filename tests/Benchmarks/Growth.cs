using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>What one more run costs when many are stored already.</summary>
internal static class Growth
{
    public static async Task RunAsync(Table table, string folder, string model)
    {
        await using var engine = await EngineHost.StartAsync(folder, model);
        var pipeline = await engine.PublishAsync(PipelineFile.Chain(5, "stub/m", Work.Before));
        foreach (var stored in new[] { 10, 10_000, 1_000_000 })
        {
            await FillAsync(engine, stored);
            var inputs = System.Text.Json.JsonSerializer.SerializeToElement(new { text = Work.Text });
            var times = new List<double>();
            for (var i = 0; i < 220; i++)
            {
                var since = Stopwatch.GetTimestamp();
                var run = await engine.Starter.StartAsync(new Runtime.Runs.RunRequest { Pipeline = pipeline, Inputs = inputs }, engine.Actor, CancellationToken.None);
                using var viewer = engine.Get<PromptDesigner.Runtime.Runs.RunFeed>().Watch(run.Value);
                while (await engine.UnfinishedAsync() > 0) await viewer.Notices.ReadAsync();
                if (i >= 20) times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
            times.Sort();
            table.Add($"one more chain of five at {stored:N0} stored runs, p50", $"{times[times.Count / 2]:0.00} ms");
        }
    }

    /// <summary>Copies a finished run, as rows, until there are enough. Keys go on from the largest, which the journal must not know: the copies take negative ones.</summary>
    private static async Task FillAsync(EngineHost engine, int wanted)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 600;
        command.CommandText = "SELECT COUNT(*) FROM Runs";
        var have = (long)(await command.ExecuteScalarAsync())!;
        if (have == 0) return;
        using var turn = await engine.Database.EnterWriteAsync(CancellationToken.None);
        while (have < wanted)
        {
            var batch = Math.Min(50_000, wanted - have);
            command.CommandText = $"""
                BEGIN IMMEDIATE;
                CREATE TEMP TABLE IF NOT EXISTS n AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 50000) SELECT x FROM c;
                INSERT INTO Runs SELECT (SELECT MIN(Key, 0) FROM (SELECT MIN(Key) AS Key FROM Runs)) - n.x AS Key, {Columns(engine, "Runs", ["Key"], ("Id", "randomblob(16)"), ("CreatedAt", "r.CreatedAt - abs(random() % 100000000)"))} FROM n, (SELECT * FROM Runs WHERE Key = 1) r WHERE n.x <= {batch};
                COMMIT;
                """;
            command.CommandText = command.CommandText.Replace("INSERT INTO Runs SELECT", $"INSERT INTO Runs (Key, {Names(engine, "Runs", ["Key"])}) SELECT", StringComparison.Ordinal);
            await command.ExecuteNonQueryAsync();
            have += batch;
            await CopyAsync(command, engine, "Steps", ["RunKey"], batch);
            await CopyAsync(command, engine, "ModelCalls", ["Key", "RunKey"], batch);
        }
    }

    private static async Task CopyAsync(System.Data.Common.DbCommand command, EngineHost engine, string name, string[] left, long batch)
    {
        var keys = name == "Steps" ? "RunKey" : "Key, RunKey";
        var values = name == "Steps" ? "(SELECT MIN(Key) FROM Runs) + n.x - 1" : "(SELECT MIN(MIN(Key), 0) FROM ModelCalls) - n.x * 5 - (c.Key % 5), (SELECT MIN(Key) FROM Runs) + n.x - 1";
        command.CommandText = $"INSERT INTO {name} ({keys}, {Names(engine, name, left)}) SELECT {values}, {Columns(engine, name, left)} FROM n, (SELECT * FROM {name} WHERE RunKey = 1) {(name == "Steps" ? "r" : "c")} WHERE n.x <= {batch}".Replace(" r.", name == "Steps" ? " r." : " c.", StringComparison.Ordinal);
        await command.ExecuteNonQueryAsync();
    }

    private static IEnumerable<string> All(EngineHost engine, string name)
    {
        using var db = engine.Database.CreateDbContext();
        return [.. db.Model.GetEntityTypes().Single(x => x.ClrType.Name + "s" == name).GetProperties().Select(x => $"{x.Name}")];
    }

    private static string Names(EngineHost engine, string name, string[] left) => string.Join(", ", All(engine, name).Except(left).Select(x => $"\"{x}\""));

    private static string Columns(EngineHost engine, string name, string[] left, params (string Name, string Sql)[] made) =>
        string.Join(", ", All(engine, name).Except(left).Select(x => made.FirstOrDefault(m => m.Name == x).Sql ?? $"r.\"{x}\""));
}
