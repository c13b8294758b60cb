using Microsoft.Data.Sqlite;
using PromptDesigner.Support;

namespace PromptDesigner.Data.Tests.Storage;

public sealed class KilledStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-killed-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_first_start_that_was_killed_anywhere_is_completed_by_the_next()
    {
        var random = new Random(7);
        var moments = new List<string>();
        for (var round = 0; round < 10; round++)
        {
            var folder = Path.Combine(_folder, $"round{round}");
            var file = Path.Combine(folder, "promptdesigner.db");
            await using (var first = AppProcess.Launch(folder))
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
                while (!File.Exists(file) && !patience.IsCancellationRequested) await Task.Delay(2);
                await Task.Delay(random.Next(0, 200) * round); // the moment is the point; nothing waits for it
                await first.KillAsync();
            }
            moments.Add($"{new FileInfo(file).Length}");
            await using var second = await AppProcess.StartAsync(folder);
            var pipelines = (await second.Api.GetAsync("/pipelines")).Ok().GetProperty("items").EnumerateArray().ToList();
            Assert.True(pipelines.Count == 2 && pipelines.TrueForAll(x => x.GetProperty("activeVersion").GetInt32() == 1), $"Round {round}, killed at {moments[^1]} bytes: {string.Join(", ", pipelines)}");
            Assert.Equal(1, (await second.Api.GetAsync("/members")).Ok().GetProperty("items").GetArrayLength());
            await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check";
            Assert.Equal("ok", await command.ExecuteScalarAsync());
        }
    }
}
