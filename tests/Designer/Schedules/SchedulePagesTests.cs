using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Home;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Schedules;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Tests.Schedules;

/// <summary>The list, a schedule's own page with its ledger, and where else schedules are shown.</summary>
public sealed class SchedulePagesTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task The_list_has_what_comes_next_first_then_the_paused_then_the_ended()
    {
        var pipeline = await ScheduleScene.PublishAsync(_screen);
        var ended = await ScheduleScene.MakeAsync(_screen, pipeline: pipeline);
        await ScheduleScene.ChangeAsync(_screen, ended, x => x.NextSlot = null);
        var paused = await ScheduleScene.MakeAsync(_screen, pipeline: pipeline);
        Assert.Null((await _screen.Host.Get<ScheduleDesk>().PauseAsync(paused, "Holidays", _screen.Ana, default)).Refusal);
        var later = await ScheduleScene.MakeAsync(_screen, "0 9 1 1 *", pipeline: pipeline);
        var sooner = await ScheduleScene.MakeAsync(_screen, "0 8 1 1 *", "Europe/Berlin");
        var page = Show("/schedules");
        Assert.Equal([$"{sooner} Active", $"{later} Active", $"{paused} Paused", $"{ended} Ended"], Rows(page));
        Assert.Contains("1 Jan 2", page.Find($"[data-schedule-id='{sooner}']").TextContent, StringComparison.Ordinal);
        Assert.Contains("Europe/Berlin", page.Find($"[data-schedule-id='{sooner}']").TextContent, StringComparison.Ordinal);
        Assert.Contains("Holidays", page.Find($"[data-schedule-id='{paused}']").TextContent, StringComparison.Ordinal);
        Assert.Equal([$"{paused} Paused"], Rows(Show("/schedules?state=Paused")));
        Assert.Equal([$"{later} Active", $"{paused} Paused", $"{ended} Ended"], Rows(Show($"/schedules?pipeline={pipeline}")));
        Assert.Contains("state must be of", Show("/schedules?state=Lost").Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Contains("Drop one of them", Show($"/schedules?pipeline={Guid.NewGuid()}").Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_has_fifty_and_leads_on_through_the_states()
    {
        var first = await ScheduleScene.MakeAsync(_screen);
        var row = await ScheduleScene.RowAsync(_screen, first);
        await _screen.Host.Database.WriteAsync(_screen.Ana.Workspace, (db, _) =>
        {
            for (var i = 0; i < 60; i++)
                db.Schedules.Add(new Schedule { Id = Guid.CreateVersion7(), PipelineKey = row.PipelineKey, Inputs = "{}", Cron = row.Cron, TimeZone = "UTC", CreatedBy = "x", CreatedAt = row.CreatedAt, UpdatedAt = row.CreatedAt, DoneUntil = row.DoneUntil, Revision = 1, NextSlot = i % 3 == 2 ? null : row.NextSlot, PausedAt = i % 3 == 1 ? row.CreatedAt : null });
            return Task.FromResult(0);
        }, CancellationToken.None);
        var page = Show("/schedules");
        var (newest, next) = (Rows(page), page.FindAll("a.btn").Single(x => x.TextContent == "More schedules").GetAttribute("href")!);
        await _screen.LeaveAsync();
        var rest = Rows(Show(new Uri(next).PathAndQuery));
        Assert.Equal((50, 11, 61), (newest.Count, rest.Count, newest.Union(rest).Count()));
        Assert.Equal(["Active", "Paused", "Ended"], newest.Concat(rest).Select(x => x.Split(' ')[1]).Distinct());
    }

    [Fact]
    public async Task Pausing_resuming_and_triggering_need_one_press()
    {
        var id = await ScheduleScene.MakeAsync(_screen);
        var page = Show("/schedules", await _screen.MemberAsync(Role.Viewer, Rights.Operator));
        await page.Find("[data-action=pause]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal([$"{id} Paused"], Rows(page)));
        await page.Find("[data-action=resume]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal([$"{id} Active"], Rows(page)));
        await page.Find("[data-action=trigger]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("has started", _screen.Toasts, StringComparison.Ordinal));
        await _screen.Host.SettleAsync();
        page = Show("/schedules");
        Assert.StartsWith("/runs/", page.Find("a.outcome").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("Succeeded", page.Find("a.outcome").TextContent, StringComparison.Ordinal);
        Assert.Empty(Show("/schedules", await _screen.MemberAsync(Role.Viewer)).FindAll("[data-action]"));
    }

    [Fact]
    public async Task The_ledger_says_what_became_of_every_time_and_why()
    {
        var id = await ScheduleScene.MakeAsync(_screen, "30 8 1 1 *", "Europe/Berlin");
        var at = new DateTimeOffset(2026, 1, 5, 7, 30, 0, TimeSpan.Zero);
        var run = await _screen.Host.RunAsync(await ScheduleScene.PublishAsync(_screen, "Made"), new { text = "x" });
        var key = (long)(await _screen.Host.ScalarAsync("SELECT Key FROM Runs"))!;
        await _screen.Host.SettleAsync();
        await ScheduleScene.KeepAsync(_screen, id,
            new() { Slot = at, Status = SlotStatus.Ran, RunKey = key, LateMs = 430 }, new() { Slot = at.AddDays(1), Status = SlotStatus.Skipped, Reason = SlotReason.Overlap }, new() { Slot = at.AddDays(2), Status = SlotStatus.Skipped, Reason = SlotReason.Paused },
            new() { Slot = at.AddDays(3), Status = SlotStatus.Skipped, Reason = SlotReason.Coalesced, Into = at.AddDays(4) }, new() { Slot = at.AddDays(4), Status = SlotStatus.Missed, Reason = SlotReason.Refused, Note = "An input is missing." },
            new() { Slot = at.AddDays(5), Status = SlotStatus.Missed, Reason = SlotReason.Late, Until = at.AddDays(8), Count = 1_204 }, new() { Slot = at.AddDays(9), Status = SlotStatus.Missed, Reason = SlotReason.Changed }, new() { Slot = at.AddDays(10), Status = SlotStatus.Held, Reason = SlotReason.Overlap });
        var rows = Page(id).FindAll("[data-slot][data-reason]").Select(x => string.Join(' ', x.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
        string[] expected =
        [
            "Waits its turn It runs as soon as the earlier run is over.", "Left out The schedule was changed before it ran.", "Missed 1,204 times up to Tue 13 Jan", "Missed An input is missing.", "Skipped Fri 9 Jan", "Skipped The schedule was paused.", "Skipped An earlier run was not over.",
            "Ran Succeeded 0.4 s late",
        ];
        Assert.Equal(expected.Length, rows.Count);
        Assert.All(expected.Zip(rows), x => Assert.Contains(x.First, x.Second, StringComparison.Ordinal));
        Assert.StartsWith("Mon 5 Jan", rows[^1], StringComparison.Ordinal);
        Assert.Contains("08:30", rows[^1], StringComparison.Ordinal); // in the schedule's zone
        Assert.Contains("made up for it.", rows[4], StringComparison.Ordinal);
        Assert.Equal($"/runs/{run}", Page(id).Find($"[data-ledger] a[data-run-id='{run}']").GetAttribute("href"));
    }

    [Fact]
    public async Task The_ledger_has_fifty_on_a_page()
    {
        var id = await ScheduleScene.MakeAsync(_screen);
        var at = new DateTimeOffset(2026, 1, 5, 7, 30, 0, TimeSpan.Zero);
        await ScheduleScene.KeepAsync(_screen, id, [.. Enumerable.Range(0, 60).Select(x => new ScheduleSlot { Slot = at.AddDays(x), Status = SlotStatus.Skipped, Reason = SlotReason.Paused })]);
        var page = Page(id);
        var older = page.FindAll("a.btn").Single(x => x.TextContent == "Older").GetAttribute("href")!;
        Assert.Equal(50, page.FindAll("[data-slot][data-reason]").Count);
        await _screen.LeaveAsync();
        _screen.Go(new Uri(older).PathAndQuery);
        var rest = _screen.Show<SchedulePage>(_screen.Ana, x => x.Add(p => p.Id, id));
        Assert.Equal(10, rest.FindAll("[data-slot][data-reason]").Count);
        Assert.Equal("2026-01-05T07:30:00.0000000Z", rest.FindAll("[data-slot][data-reason]")[^1].GetAttribute("data-slot"));
    }

    [Fact]
    public async Task A_schedule_is_paused_with_a_note_resumed_and_deleted_by_its_name()
    {
        var id = await ScheduleScene.MakeAsync(_screen);
        var page = Page(id);
        await page.Find("[data-setting=note]").InputAsync(new() { Value = "Holidays" });
        await page.Find("[data-action=pause]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("“Holidays”", page.Find("[data-notice=paused]").TextContent, StringComparison.Ordinal));
        Assert.Equal("Paused", page.Find("[data-schedule-id]").GetAttribute("data-state"));
        await page.Find("[data-action=resume]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-notice=paused]")));
        var asking = page.Find("[data-action=delete]").ClickAsync(new());
        _screen.Dialogs.WaitForAssertion(() => Assert.Contains("Digest, ", _screen.Dialogs.Markup, StringComparison.Ordinal));
        await _screen.Dialogs.FindAll("button").Single(x => x.TextContent.Contains("Delete the schedule", StringComparison.Ordinal)).ClickAsync(new());
        await asking;
        page.WaitForAssertion(() => Assert.EndsWith("/schedules", _screen.Address, StringComparison.Ordinal));
        Assert.NotNull((await ScheduleScene.RowAsync(_screen, id)).DeletedAt);
        Assert.Contains("There is no such schedule", Page(id).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_steer_sees_no_buttons_and_pressing_them_anyway_is_refused()
    {
        var id = await ScheduleScene.MakeAsync(_screen);
        var viewer = await _screen.MemberAsync(Role.Viewer);
        Assert.Empty(Page(id, viewer).FindAll("[data-action]"));
        Assert.Equal("on", Page(id, viewer).Find("[data-schedule-id]").GetAttribute("data-live"));
        var page = Page(id, viewer with { Role = Role.Designer });
        foreach (var action in (string[])["pause", "trigger"])
        {
            await page.Find($"[data-action={action}]").ClickAsync(new());
            page.WaitForAssertion(() => Assert.Contains("needs the role Designer", _screen.Toasts, StringComparison.Ordinal));
        }
        Assert.Null((await ScheduleScene.RowAsync(_screen, id)).PausedAt);
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Runs"));
        Assert.Contains("There is no such schedule", Page(id, _screen.Ana with { Workspace = 99 }).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_of_a_schedule_says_so_and_leads_to_it()
    {
        var id = await ScheduleScene.MakeAsync(_screen, "30 8 1 1 *", "Europe/Berlin");
        var run = (await _screen.Host.Get<ScheduleDesk>().TriggerAsync(id, _screen.Ana, default)).Value;
        await _screen.Host.SettleAsync();
        var header = _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, run)).Find("[data-scheduled]");
        Assert.Contains($"{_screen.Ana.Name} triggered its schedule", header.TextContent, StringComparison.Ordinal);
        Assert.NotNull(header.QuerySelector($"a[href='/schedules/{id}']"));
        var slot = new DateTimeOffset(2026, 11, 30, 7, 30, 0, TimeSpan.Zero);
        Assert.Equal("Scheduled for Mon 30 Nov 08:30 (Europe/Berlin), 0.4 s late.", ScheduleWords.Of(new ScheduledRun(id, "Europe/Berlin", null), slot, slot.AddMilliseconds(430), TimeZoneInfo.Utc));
        Assert.Equal("Repeats the run that was scheduled for Mon 30 Nov 07:30 (UTC).", ScheduleWords.Of(null, slot, slot.AddDays(1), TimeZoneInfo.Utc));
        Assert.Null((await _screen.Host.Get<ScheduleDesk>().DeleteAsync(id, _screen.Ana, default)).Refusal);
        var after = _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, run)).Find("[data-scheduled]");
        Assert.Contains("The schedule is deleted", after.TextContent, StringComparison.Ordinal);
        Assert.Null(after.QuerySelector("a"));
    }

    [Fact]
    public async Task Home_and_the_pipeline_show_what_comes_what_is_paused_and_what_was_missed()
    {
        Assert.Contains("Nothing is scheduled", _screen.Show<HomePage>(_screen.Ana).Markup, StringComparison.Ordinal);
        var pipeline = await ScheduleScene.PublishAsync(_screen);
        var (active, paused) = (await ScheduleScene.MakeAsync(_screen, pipeline: pipeline), await ScheduleScene.MakeAsync(_screen, pipeline: pipeline));
        Assert.Null((await _screen.Host.Get<ScheduleDesk>().PauseAsync(paused, null, _screen.Ana, default)).Refusal);
        var lately = DateTimeOffset.UtcNow.AddHours(-3);
        await ScheduleScene.KeepAsync(_screen, active, new ScheduleSlot { Slot = lately, Status = SlotStatus.Missed, Reason = SlotReason.Late, Count = 4 }, new ScheduleSlot { Slot = lately.AddHours(1), Status = SlotStatus.Missed, Reason = SlotReason.Changed }, new ScheduleSlot { Slot = lately.AddDays(-2), Status = SlotStatus.Missed, Reason = SlotReason.Late });
        var home = _screen.Show<HomePage>(await _screen.MemberAsync(Role.Viewer));
        Assert.NotNull(home.Find($"[data-schedule-id='{active}'][data-state=Active]"));
        Assert.Contains("missed 4 times", home.Find("[data-missed='4']").TextContent, StringComparison.Ordinal);
        Assert.Equal("1 paused", home.Find("[data-paused]").TextContent);
        var page = _screen.Show<PipelinePage>(_screen.Ana, x => x.Add(p => p.Id, pipeline));
        Assert.Equal(["Active", "Paused"], page.FindAll("[data-schedule-id]").Select(x => x.GetAttribute("data-state")));
        Assert.Equal($"/schedules/new?pipeline={pipeline}", page.Find("[data-action=schedule]").GetAttribute("href"));
        Assert.Empty(_screen.Show<PipelinePage>(await _screen.MemberAsync(Role.Viewer), x => x.Add(p => p.Id, pipeline)).FindAll("[data-action=schedule]"));
    }

    [Fact]
    public async Task A_schedule_whose_pipeline_cannot_run_says_so()
    {
        var pipeline = await ScheduleScene.PublishAsync(_screen);
        var id = await ScheduleScene.MakeAsync(_screen, pipeline: pipeline);
        Assert.Null((await _screen.Host.Get<PipelineShelf>().ChangeAsync(pipeline, new PipelineChange { Archived = true }, _screen.Ana, default)).Refusal);
        Assert.NotEmpty(Page(id).FindAll(".notice[data-stranded]"));
        Assert.NotEmpty(Show("/schedules").FindAll("[data-stranded]"));
    }

    [Fact]
    public async Task A_list_that_is_open_shows_what_others_make()
    {
        var page = Show("/schedules");
        var id = await ScheduleScene.MakeAsync(_screen);
        page.WaitForAssertion(() => Assert.Equal([$"{id} Active"], Rows(page)), TimeSpan.FromSeconds(20));
    }

    private IRenderedComponent<SchedulesPage> Show(string address, Actor? actor = null)
    {
        _screen.Go(address);
        return _screen.Show<SchedulesPage>(actor ?? _screen.Ana);
    }

    private IRenderedComponent<SchedulePage> Page(Guid id, Actor? actor = null)
    {
        _screen.Go($"/schedules/{id}");
        return _screen.Show<SchedulePage>(actor ?? _screen.Ana, x => x.Add(p => p.Id, id));
    }

    private static List<string> Rows(IRenderedComponent<SchedulesPage> page) => [.. page.FindAll("[data-schedule-id]").Select(x => $"{x.GetAttribute("data-schedule-id")} {x.GetAttribute("data-state")}")];
}
