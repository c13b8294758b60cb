using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Settings;

/// <summary>Wrong configuration stops the start of the real process with one line.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-settings-").FullName;

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var row in WrongSetting.All) rows.Add(row.Key, row.Value);
            return rows;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Rows))]
    public async Task A_wrong_setting_stops_the_start_with_one_line(string key, string value)
    {
        var row = WrongSetting.All.Single(x => x.Key == key && x.Value == value);
        var file = Path.Combine(_folder, "file");
        var garbage = Path.Combine(_folder, "garbage.db");
        await File.WriteAllTextAsync(file, "a file");
        await File.WriteAllTextAsync(garbage, string.Concat(Enumerable.Repeat("This is no database. ", 500)));
        var filled = value.Replace("{file}", file, StringComparison.Ordinal).Replace("{garbage}", garbage, StringComparison.Ordinal);
        await StopsAsync(key, row.Names, [.. row.More.Select(x => (x[..x.IndexOf('=', StringComparison.Ordinal)], x[(x.IndexOf('=', StringComparison.Ordinal) + 1)..])), ..(row.Value.Length > 0 || key is "Urls" or "DataDirectory" ? [(key, filled)] : Array.Empty<(string, string)>())]);
    }

    [Fact]
    public async Task A_port_in_use_stops_the_start()
    {
        await using var first = await AppProcess.StartAsync(Path.Combine(_folder, "first"));
        await StopsAsync("Urls", "in use", ("Urls", first.Address));
        await StopsAsync("Database:ConnectionString", "in use by another process", ("DataDirectory", Path.Combine(_folder, "first")));
        Assert.True(await first.Api.IsReadyAsync());
    }

    private async Task StopsAsync(string key, string names, params (string Key, string? Value)[] settings)
    {
        var clock = Stopwatch.StartNew();
        await using var app = AppProcess.Launch(Path.Combine(_folder, "data"), settings);
        Assert.Equal(1, await app.ExitAsync(TimeSpan.FromSeconds(30)));
        var line = Assert.Single(app.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), x => !x.StartsWith("info:", StringComparison.Ordinal) && !x.StartsWith("      ", StringComparison.Ordinal));
        Assert.StartsWith($"PromptDesigner does not start. {key}", line, StringComparison.Ordinal);
        Assert.Contains(names, line, StringComparison.Ordinal);
        foreach (var inner in (string[])["Exception", "System.", "hunter2"]) Assert.DoesNotContain(inner, line, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
