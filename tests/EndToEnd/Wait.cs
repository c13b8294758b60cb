using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>Waits by looking again, with a deadline.</summary>
internal static class Wait
{
    /// <summary>Until something holds.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds, int seconds = 60)
    {
        var since = Stopwatch.StartNew();
        while (!await holds())
        {
            if (since.Elapsed.TotalSeconds > seconds) throw new TimeoutException($"Not within {seconds} s: {what}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Until something holds.</summary>
    public static Task UntilAsync(string what, Func<bool> holds, int seconds = 60) => UntilAsync(what, () => Task.FromResult(holds()), seconds);

    /// <summary>Until no run is in one of these states.</summary>
    public static Task NoneAsync(ApiClient api, string statuses, int seconds = 120) => UntilAsync($"no run is {statuses}", async () =>
        (await api.GetAsync($"/runs?status={statuses}&limit=1")).Ok().GetProperty("items").GetArrayLength() == 0, seconds);
}
