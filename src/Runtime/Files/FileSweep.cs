using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Files;

/// <summary>Deletes files that neither a run nor a schedule names a day after they came, and bytes that belong to no file; at start and every hour.</summary>
internal sealed partial class FileSweep(JournalWriter writer, ReadConnections read, FileStore store, FileFolder folder, TimeProvider clock, ILogger<FileSweep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // a schedule names files in its inputs alone, and may run for the first time long after they came
    private const string Old = """
        FROM StoredFiles WHERE CreatedAt < @1 AND NOT EXISTS (SELECT 1 FROM RunFiles WHERE RunFiles.FileId = StoredFiles.Id)
            AND NOT EXISTS (SELECT 1 FROM Schedules s WHERE s.WorkspaceId = StoredFiles.WorkspaceId AND s.DeletedAt IS NULL AND instr(replace(lower(s.Inputs), '-', ''), lower(hex(StoredFiles.Id))) > 0)
        """;

    /// <summary>Sweeps once.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var cutoff = clock.GetUtcNow() - Kept;
        // the same writer accepts runs, so a file is either named before this looks, or gone before the run is accepted
        if ((await read.ReadAsync($"SELECT 1 {Old} LIMIT 1", x => x.GetInt32(0), cancel, cutoff)).Count > 0) await writer.WriteAsync(t => t.Of("DELETE " + Old).Run(cutoff));
        if (!Directory.Exists(folder.Path)) return;
        foreach (var path in Directory.EnumerateFiles(folder.Path))
        {
            if (!Guid.TryParseExact(Path.GetFileNameWithoutExtension(path), "N", out var id) || store.IsComing(id)) continue;
            var isStored = !path.EndsWith(".part", StringComparison.Ordinal) && (await read.ReadAsync("SELECT 1 FROM StoredFiles WHERE Id = @1", x => x.GetInt32(0), cancel, id)).Count > 0;
            if (!isStored) File.Delete(path);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Failed(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old files could not be deleted; it is tried again in an hour")]
    private partial void Failed(Exception error);
}
