using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>A schedule from its form to its ledger, and the results that it was made for.</summary>
public sealed class SchedulePagesTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    [Fact]
    public async Task A_weekday_schedule_is_made_by_form_previewed_across_a_time_change_paused_resumed_and_triggered_and_its_results_are_downloaded()
    {
        var app = await StartAsync(NewFolder());
        var pipeline = await app.Api.PublishAsync(PipelineFile.Named("Daily digest").Input("topic").Node("say", "text", new { template = "=News about {{ input.topic }}" }).Output("digest", "{{ say }}").Edge("input", "say").Edge("say", "out"));
        var screen = await OpenAsync(app, AppProcess.Administrator);
        await screen.GoAsync($"/pipelines/{pipeline}");
        await screen.ClickAsync("[data-action=schedule]");
        await screen.At("/schedules/new");
        await screen.ClickAsync("[data-action=save]"); // an input is missing: said at the field, nothing is lost
        await screen.Seen("[data-input=topic]");
        await screen.Says(".error", "");
        await screen.TypeAsync("[data-input=topic]", "parcels");
        await ZoneAsync(screen, "Berlin", "Europe/Berlin");

        // a time of day that the clocks leave out is marked
        await screen["[data-setting=when]"].SelectOptionAsync("Daily");
        await screen.TypeAsync("[data-setting=at]", "02:30");
        await Assertions.Expect(screen["[data-setting=cron]"]).ToHaveValueAsync("30 2 * * *");
        await screen["summary"].First.ClickAsync();
        await screen.TypeAsync("[data-setting=startAt]", "2099-03-25T00:00");
        await screen["[data-setting=startAt]"].BlurAsync();
        await screen.Says("[data-preview] [data-note=clocks]", "02:30 is left out");
        await screen.Seen("[data-preview] li", 10);

        // and on weekdays the time of day stays what it is
        await screen["[data-setting=when]"].SelectOptionAsync("Weekdays");
        await screen.TypeAsync("[data-setting=at]", "08:30");
        await screen.Says("[data-words]", "Every weekday at 08:30");
        await screen.Seen("[data-preview] [data-note=clocks]", 0);
        var slots = await screen["[data-preview] li"].EvaluateAllAsync<string[]>("x => x.map(y => y.dataset.slot)");
        Assert.Contains(slots, x => x.Contains("T07:30", StringComparison.Ordinal)); // in winter
        Assert.Contains(slots, x => x.Contains("T06:30", StringComparison.Ordinal)); // in summer
        await screen.TypeAsync("[data-setting=startAt]", "");
        await screen.ClickAsync("[data-action=save]");
        await screen.At("/schedules/[0-9a-f-]{36}$");
        await screen.Seen("[data-schedule-id][data-state=Active]");

        await screen.TypeAsync("[data-setting=note]", "The office is closed");
        await screen.ClickAsync("[data-action=pause]");
        await screen.Says("[data-notice=paused]", "The office is closed");
        await screen.Seen("[data-schedule-id][data-state=Paused]");
        await screen.ClickAsync("[data-action=resume]");
        await screen.Seen("[data-schedule-id][data-state=Active]");
        await screen.ClickAsync("[data-action=trigger]");
        await screen.Seen("[data-slot] [data-state=Ran], [data-slot][data-state=Ran]");

        await screen.GoAsync("/schedules");
        await screen.Says("[data-schedule-id]", "Every weekday at 08:30");
        await screen.GoAsync("/");
        await screen.Says("main", "Every weekday at 08:30");

        await screen.GoAsync($"/pipelines/{pipeline}/results");
        await screen.Says("[data-run-id]", "=News about parcels");
        var csv = await DownloadAsync(screen, "csv");
        Assert.Contains("'=News about parcels", csv, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(^|[,\"\n])=News"), csv);
        Assert.Contains("\"digest\":\"=News about parcels\"", await DownloadAsync(screen, "jsonl"), StringComparison.Ordinal);
    }

    private static async Task ZoneAsync(Screen screen, string typed, string zone)
    {
        await screen.ClickAsync("[data-setting=timeZone]");
        await screen.TypeAsync("[data-setting=timeZone]", typed);
        await screen.ClickAsync($"[data-zone='{zone}']");
        await Assertions.Expect(screen["[data-setting=timeZone]"]).ToHaveValueAsync(zone);
    }

    private static async Task<string> DownloadAsync(Screen screen, string kind)
    {
        var download = await screen.Page.RunAndWaitForDownloadAsync(() => screen.ClickAsync($"[data-action={kind}]"));
        await using var content = await download.CreateReadStreamAsync();
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync();
    }
}
