using Bunit;
using Microsoft.Extensions.Time.Testing;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Schedules;
using PromptDesigner.Designer.Schedules.Form;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Tests.Schedules;

/// <summary>The form of a schedule: the shape and the line, the next times, and what is wrong at its field.</summary>
public sealed class ScheduleFormTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 26, 12, 0, 0, TimeSpan.Zero));
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync(_clock);

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public void The_line_follows_the_shape_and_the_shape_the_line()
    {
        var form = new ScheduleForm("UTC");
        Assert.Equal("30 8 * * MON-FRI", form.Cron);
        form.Rhythm = form.Rhythm with { Kind = RhythmKind.Weekly, Days = [5, 1] };
        Assert.Equal("30 8 * * MON,FRI", form.Cron);
        form.Cron = "0 6 L * *";
        Assert.Equal((RhythmKind.Monthly, Rhythm.LastDay, false), (form.Rhythm.Kind, form.Rhythm.Day, form.IsLine));
        form.Cron = "0 6 L *"; // while somebody types
        Assert.Equal((RhythmKind.Monthly, false), (form.Rhythm.Kind, form.IsLine));
        form.Cron = "0 6 1 */3 *";
        Assert.True(form.IsLine);
        form.Cron = "0 6 * * *"; // whoever writes a line goes on writing
        Assert.True(form.IsLine);
        form.Rhythm = form.Rhythm with { Kind = RhythmKind.Weekly, Days = [] };
        Assert.Equal("Choose at least one day.", form.Preview(_clock.GetUtcNow(), 1).Refusal!.Message);
    }

    [Fact]
    public async Task A_schedule_is_made_from_the_form_with_its_inputs()
    {
        var pipeline = await ScheduleScene.PublishAsync(_screen);
        var page = Show($"/schedules/new?pipeline={pipeline}");
        await page.Find("[data-setting=when]").ChangeAsync(new() { Value = "Weekly" });
        await page.Find("[data-day='3']").ClickAsync(new());
        await page.Find("[data-setting=at]").ChangeAsync(new() { Value = "07:15:00" });
        Assert.Equal("15 7 * * MON,WED", page.Find("[data-setting=cron]").GetAttribute("value"));
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "new york" });
        Assert.Equal("America/New_York", page.Find("[role=option]").GetAttribute("data-zone"));
        await page.Find("[role=option]").MouseDownAsync(new());
        await page.Find("[data-input=text]").ChangeAsync(new() { Value = "the news" });
        await page.Find("[data-setting=missed]").ChangeAsync(new() { Value = "RunAll" });
        await page.Find("[data-setting=graceSeconds]").ChangeAsync(new() { Value = "120" });
        await page.Find("[data-setting=overlap]").ChangeAsync(new() { Value = "Queue" });
        Assert.Contains("A run that only waits for people does not hold up the next.", page.Markup, StringComparison.Ordinal);
        await page.Find("[data-setting=startAt]").ChangeAsync(new() { Value = "2026-04-01T00:00:00" });
        await page.Find("[data-setting=account]").ChangeAsync(new() { Value = "acme" });
        Assert.Equal("Every Monday and Wednesday at 07:15", page.Find("[data-words]").TextContent);
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.DoesNotContain("/new", _screen.Address, StringComparison.Ordinal));
        var row = await ScheduleScene.RowAsync(_screen, Guid.Parse(_screen.Address.Split('/')[^1]));
        Assert.Equal(("15 7 * * MON,WED", "America/New_York", MissedPolicy.RunAll, 120, OverlapPolicy.Queue, false, "acme", "{\"text\":\"the news\"}"), (row.Cron, row.TimeZone, row.Missed, row.GraceSeconds, row.Overlap, row.CountWaiting, row.Account, row.Inputs));
        Assert.Equal((new DateTimeOffset(2026, 4, 1, 4, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 4, 1, 11, 15, 0, TimeSpan.Zero)), (row.StartAt, row.NextSlot)); // a Wednesday, in the zone's summer time
    }

    [Fact]
    public async Task What_is_wrong_stands_at_its_field_and_nothing_is_stored()
    {
        var pipeline = await ScheduleScene.PublishAsync(_screen);
        var page = Show("/schedules/new");
        await page.Find("[data-setting=cron]").InputAsync(new() { Value = "8 * * *" });
        Assert.Contains("4 fields", page.Find("#cron-help[role=alert]").TextContent, StringComparison.Ordinal);
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "Berlinn" });
        await page.Find("[data-setting=graceSeconds]").ChangeAsync(new() { Value = "-1" });
        await page.Find("[data-setting=endAt]").ChangeAsync(new() { Value = "1000-01-01T00:00:00" });
        await page.Find("[data-action=save]").ClickAsync(new());
        foreach (var (field, said) in ((string, string)[])[("#pipeline-help", "Choose the pipeline"), ("#cron-help", "4 fields"), ("#zone-help", "There is no time zone 'Berlinn'"), ("#grace-help", "whole seconds"), ("#end-help", "a year")])
            Assert.Contains(said, page.Find(field + "[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.Find("details[open]"));
        await page.Find("[data-setting=cron]").InputAsync(new() { Value = "0 8 * * *" });
        Assert.Empty(page.FindAll("#cron-help[role=alert]"));
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "UTC" });
        await page.Find("[data-setting=graceSeconds]").ChangeAsync(new() { Value = "30" });
        await page.Find("[data-setting=pipeline]").ChangeAsync(new() { Value = pipeline.ToString() });
        await page.Find("[data-setting=endAt]").ChangeAsync(new() { Value = "2026-03-26T12:30:00" });
        await page.Find("[data-action=save]").ClickAsync(new());
        Assert.Contains("This is needed.", page.Find("#input-text-help[role=alert]").TextContent, StringComparison.Ordinal);
        await page.Find("[data-input=text]").ChangeAsync(new() { Value = "x" });
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("no slot lies before its end", page.Find("#end-help[role=alert]").TextContent, StringComparison.Ordinal)); // what the desk refused
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Schedules"));
    }

    [Fact]
    public async Task A_time_that_the_clocks_leave_out_is_marked_in_the_preview()
    {
        var page = Show("/schedules/new");
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "Europe/Berlin" });
        await page.Find("[data-setting=cron]").InputAsync(new() { Value = "30 2 * * *" });
        var times = page.FindAll("[data-preview] li");
        Assert.Equal(10, times.Count);
        var marked = Assert.Single(times, x => x.GetAttribute("data-note") == "clocks");
        Assert.Equal("2026-03-29T01:00:00.0000000Z", marked.GetAttribute("data-slot"));
        Assert.Contains("Sun 29 Mar 03:00", marked.TextContent, StringComparison.Ordinal);
        Assert.Contains("On 29 Mar 2026 it runs at 03:00: the clocks are set forward, and 02:30 is left out.", marked.TextContent, StringComparison.Ordinal);
        Assert.Contains("Sun 29 Mar 01:00", marked.TextContent, StringComparison.Ordinal); // the person's own clock, in UTC
        Assert.Contains("Fri 27 Mar 02:30", times[0].TextContent, StringComparison.Ordinal);
        await page.Find("[data-setting=cron]").InputAsync(new() { Value = "0/15 * * * * ?" });
        Assert.Contains("more than once a minute", page.Find("[data-warning]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hours_that_a_zone_does_not_keep_are_offered_in_utc()
    {
        var page = Show("/schedules/new");
        await page.Find("[data-setting=when]").ChangeAsync(new() { Value = "Hours" });
        await page.Find("[data-setting=every]").ChangeAsync(new() { Value = "6" });
        Assert.Empty(page.FindAll("[data-hint=utc]"));
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "Asia/Tokyo" });
        Assert.Empty(page.FindAll("[data-hint=utc]")); // no clocks are set there
        await page.Find("[data-setting=timeZone]").InputAsync(new() { Value = "Europe/Berlin" });
        Assert.Contains("always 6 hours", page.Find("[data-hint=utc]").TextContent, StringComparison.Ordinal);
        await page.Find("[data-action=use-utc]").ClickAsync(new());
        Assert.Equal("UTC", page.Find("[data-setting=timeZone]").GetAttribute("value"));
        Assert.Empty(page.FindAll("[data-hint=utc]"));
    }

    [Fact]
    public async Task A_stored_schedule_is_filled_in_and_what_nobody_touches_stays()
    {
        var start = new DateTimeOffset(2026, 4, 1, 4, 0, 12, 345, TimeSpan.Zero);
        var id = await ScheduleScene.MakeAsync(_screen, "0 6 1 */3 *", "Europe/Berlin", null, x => x with { StartAt = start, Account = "acme", GraceSeconds = 7, Overlap = OverlapPolicy.Allow });
        var page = _screen.Show<SchedulePage>(_screen.Ana, x => x.Add(p => p.Id, id));
        await page.Find("[data-action=edit]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("the news", page.Find("[data-input=text]").GetAttribute("value") ?? page.Find("[data-input=text]").TextContent));
        Assert.Equal("Line", page.Find("[data-setting=when]").GetAttribute("value"));
        Assert.Equal("2026-04-01T06:00:00", page.Find("[data-setting=startAt]").GetAttribute("value"));
        await page.Find("[data-setting=graceSeconds]").ChangeAsync(new() { Value = "8" });
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=edit]")));
        var row = await ScheduleScene.RowAsync(_screen, id);
        Assert.Equal((start, "acme", 8, OverlapPolicy.Allow, "0 6 1 */3 *", 2), (row.StartAt, row.Account, row.GraceSeconds, row.Overlap, row.Cron, row.Revision));
    }

    [Fact]
    public async Task Who_may_not_schedule_sees_no_form_and_pressing_save_anyway_is_refused()
    {
        Assert.Contains("needs the role Designer or the right Operator", Show("/schedules/new", await _screen.MemberAsync(Role.Viewer)).Markup, StringComparison.Ordinal);
        var pipeline = await ScheduleScene.PublishAsync(_screen);
        var page = Show($"/schedules/new?pipeline={pipeline}", (await _screen.MemberAsync(Role.Viewer)) with { Role = Role.Designer });
        await page.Find("[data-input=text]").ChangeAsync(new() { Value = "x" });
        await page.Find("[data-action=save]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("needs the role Designer", page.Find(".notice[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Schedules"));
    }

    private IRenderedComponent<NewSchedulePage> Show(string address, Actor? actor = null)
    {
        _screen.Go(address);
        return _screen.Show<NewSchedulePage>(actor ?? _screen.Ana);
    }
}
