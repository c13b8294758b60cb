using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Schedules;

/// <summary>Schedules as programs see them.</summary>
[Collection(AppCollection.Name)]
public sealed class SchedulesApiTests(App app)
{
    private const string Yearly = "0 0 1 1 *";

    [Fact]
    public async Task A_schedule_shows_what_it_was_given_and_what_was_left_out()
    {
        var pipeline = await app.Ana.PublishAsync(App.Gate("Scheduled"));
        var made = await app.As(Who.Operator).PostAsync("/schedules", new
        {
            pipeline, inputs = new { text = "x" }, cron = "30  8 * * MON-FRI", timeZone = "Europe/Berlin", missed = "runAll", graceSeconds = 0, overlap = "queue", countWaiting = true, startAt = "2040-03-03T00:00:00+01:00", endAt = "2041-01-01T00:00:00Z", account = "acme",
        });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var x = made.Ok();
        var id = x.GetProperty("id").GetString();
        Assert.EndsWith($"/api/v1/schedules/{id}", made.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Every weekday at 08:30|Europe/Berlin|runAll|queue|acme|active|operator@example.org|operator@example.org|2040-03-02T23:00:00.000Z|2041-01-01T00:00:00.000Z",
            string.Join('|', new[] { "words", "timeZone", "missed", "overlap", "account", "state", "createdBy", "owner", "startAt", "endAt" }.Select(name => x.GetProperty(name).GetString())));
        Assert.Equal((pipeline, "Scheduled", 0, true, "{\"text\":\"x\"}"), (x.GetProperty("pipeline").GetProperty("id").GetString(), x.GetProperty("pipeline").GetProperty("name").GetString(), x.GetProperty("graceSeconds").GetInt32(), x.GetProperty("countWaiting").GetBoolean(), x.GetProperty("inputs").GetRawText()));
        Assert.Equal("2040-03-05T07:30:00.000Z", x.GetProperty("nextSlot").GetString()); // the third of March is a Saturday
        foreach (var none in (string[])["pausedAt", "pausedBy", "pauseNote", "lastSlot"]) Assert.Equal(JsonValueKind.Null, x.GetProperty(none).ValueKind);
        Assert.Equal(x.GetRawText(), (await app.As(Who.ReadService).GetAsync($"/schedules/{id}")).Ok().GetRawText());

        var usual = (await app.As(Who.DesignService).PostAsync("/schedules", new { pipeline, inputs = new { text = "x" }, cron = Yearly, timeZone = "W. Europe Standard Time" })).Ok();
        Assert.Equal(("Europe/Berlin", "runOnce", 30, "skip", false), (usual.GetProperty("timeZone").GetString(), usual.GetProperty("missed").GetString(), usual.GetProperty("graceSeconds").GetInt32(), usual.GetProperty("overlap").GetString(), usual.GetProperty("countWaiting").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, usual.GetProperty("owner").ValueKind); // a service owns nothing
        var ever = await MakeAsync(pipeline, new { pipeline, inputs = new { text = "x" }, cron = Yearly, timeZone = "UTC", startAt = "0001-01-01T00:00:00Z", endAt = "9999-12-31T23:59:59Z" });
        Assert.EndsWith("-01-01T00:00:00.000Z", ever.GetProperty("nextSlot").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_goes_from_the_newest_on_by_pages_and_pipelines()
    {
        var (pipeline, other) = (await app.Ana.PublishAsync(App.Gate("Listed")), await app.Ana.PublishAsync(App.Gate("Listed elsewhere")));
        var ids = new List<string?>();
        for (var i = 0; i < 3; i++) ids.Insert(0, (await MakeAsync(pipeline)).GetProperty("id").GetString());
        await MakeAsync(other);
        (await app.Ana.PostAsync($"/schedules/{ids[1]}/pause")).Ok();
        Assert.Equal(ids, await ListAsync(""));
        Assert.Equal([ids[1]], await ListAsync("&state=paused"));
        Assert.Equal([ids[0], ids[2]], await ListAsync("&state=Active"));
        var page = (await app.Ana.GetAsync($"/schedules?pipeline={pipeline}&limit=2")).Ok();
        var next = (await app.Ana.GetAsync($"/schedules?pipeline={pipeline}&limit=2&after={page.GetProperty("next").GetString()}")).Ok();
        Assert.Equal((2, 1, null), (page.GetProperty("items").GetArrayLength(), next.GetProperty("items").GetArrayLength(), next.GetProperty("next").GetString()));
        Assert.Equal(ids[2], next.GetProperty("items")[0].GetProperty("id").GetString());

        async Task<List<string?>> ListAsync(string filter) => [.. (await app.Ana.GetAsync($"/schedules?pipeline={pipeline}{filter}")).Ok().GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString())];
    }

    [Fact]
    public async Task A_schedule_is_replaced_as_a_whole_and_deleted_for_good()
    {
        var pipeline = await app.Ana.PublishAsync(App.Gate("Changed"));
        var id = (await MakeAsync(pipeline, new { pipeline, inputs = new { text = "x" }, cron = Yearly, timeZone = "UTC", account = "acme", overlap = "queue" })).GetProperty("id").GetString();
        var changed = (await app.As(Who.OperateService).SendAsync(HttpMethod.Put, $"/schedules/{id}", new { pipeline, inputs = new { text = "y" }, cron = "0 9 1 1 *", timeZone = "Asia/Tokyo" })).Ok();
        Assert.Equal((id, "0 9 1 1 *", "Asia/Tokyo", "skip", null, "{\"text\":\"y\"}"), (changed.GetProperty("id").GetString(), changed.GetProperty("cron").GetString(), changed.GetProperty("timeZone").GetString(), changed.GetProperty("overlap").GetString(), changed.GetProperty("account").GetString(), changed.GetProperty("inputs").GetRawText()));
        Assert.EndsWith("-01-01T00:00:00.000Z", changed.GetProperty("nextSlot").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await app.As(Who.Designer).SendAsync(HttpMethod.Delete, $"/schedules/{id}")).Status);
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Get, "/occurrences"), (HttpMethod.Post, "/pause"), (HttpMethod.Post, "/resume"), (HttpMethod.Post, "/trigger")])
            Assert.Equal("not_found", (await app.Ana.SendAsync(method, $"/schedules/{id}{path}")).Code);
        Assert.Equal(0, (await app.Ana.GetAsync($"/schedules?pipeline={pipeline}")).Ok().GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_pause_says_who_and_why_and_a_second_one_changes_nothing()
    {
        var id = (await MakeAsync(await app.Ana.PublishAsync(App.Gate("Paused")))).GetProperty("id").GetString();
        var paused = (await app.As(Who.Operator).PostAsync($"/schedules/{id}/pause", new { note = " Holidays " })).Ok();
        Assert.Equal(("paused", App.MailOf(Who.Operator), "Holidays"), (paused.GetProperty("state").GetString(), paused.GetProperty("pausedBy").GetString(), paused.GetProperty("pauseNote").GetString()));
        Assert.Equal(paused.GetRawText(), (await app.Ana.PostAsync($"/schedules/{id}/pause", new { note = "Mine" })).Ok().GetRawText());
        var resumed = (await app.Ana.PostAsync($"/schedules/{id}/resume")).Ok();
        Assert.Equal(("active", null, null, null), (resumed.GetProperty("state").GetString(), resumed.GetProperty("pausedAt").GetString(), resumed.GetProperty("pausedBy").GetString(), resumed.GetProperty("pauseNote").GetString()));
    }

    [Fact]
    public async Task A_trigger_makes_a_run_that_knows_its_schedule_and_stands_in_the_ledger()
    {
        var pipeline = await app.Ana.PublishAsync(App.Gate("Triggered"));
        var id = (await MakeAsync(pipeline, new { pipeline, inputs = new { text = "x" }, cron = Yearly, timeZone = "UTC", countWaiting = true, account = "acme" })).GetProperty("id").GetString();
        var answer = await app.As(Who.Operator).PostAsync($"/schedules/{id}/trigger");
        var run = answer.Ok().GetProperty("id").GetString()!;
        Assert.Equal((HttpStatusCode.Accepted, "Queued"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        Assert.EndsWith($"/api/v1/runs/{run}", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        var shown = await app.Ana.SettledAsync(run);
        Assert.Equal(("schedule", id, "acme", "Waiting", null), (shown.GetProperty("trigger").GetString(), shown.GetProperty("schedule").GetString(), shown.GetProperty("account").GetString(), shown.GetProperty("status").GetString(), shown.GetProperty("previousSlot").GetString()));
        var slot = Assert.Single((await app.As(Who.Viewer).GetAsync($"/schedules/{id}/occurrences")).Ok().GetProperty("items").EnumerateArray());
        Assert.Equal((shown.GetProperty("slot").GetString(), "ran", run, 0L, "triggered", App.MailOf(Who.Operator)), (slot.GetProperty("slot").GetString(), slot.GetProperty("status").GetString(), slot.GetProperty("run").GetString(), slot.GetProperty("lateMs").GetInt64(), slot.GetProperty("reason").GetString(), slot.GetProperty("note").GetString()));
        Assert.Equal(slot.GetRawText(), (await app.Ana.GetAsync($"/schedules/{id}")).Ok().GetProperty("lastSlot").GetRawText());
        Assert.Equal(id, (await app.Ana.GetAsync($"/runs?pipeline={pipeline}&trigger=schedule")).Ok().GetProperty("items")[0].GetProperty("schedule").GetString());
        Assert.Equal("schedule_invalid", (await app.Ana.PostAsync($"/schedules/{id}/trigger")).Code); // one at a time, and it waits
    }

    [Fact]
    public async Task The_ledger_says_what_became_of_each_slot_newest_first_and_by_pages()
    {
        var (id, other) = ((await MakeAsync(await app.Ana.PublishAsync(App.Gate("Ledger")))).GetProperty("id").GetString()!, (await MakeAsync(await app.Ana.PublishAsync(App.Gate("Another ledger")))).GetProperty("id").GetString()!);
        var first = new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);
        var slots = new ScheduleSlot[]
        {
            new() { Slot = first, Status = SlotStatus.Missed, Reason = SlotReason.Late, Until = first.AddHours(5), Count = 6, LateMs = 18_000_000 },
            new() { Slot = first.AddDays(1), Status = SlotStatus.Skipped, Reason = SlotReason.Coalesced, Into = first.AddDays(2), LateMs = 90_000_000 },
            new() { Slot = first.AddDays(2), Status = SlotStatus.Missed, Reason = SlotReason.Refused, Note = "Its pipeline is archived." },
            new() { Slot = first.AddDays(3), Status = SlotStatus.Skipped, Reason = SlotReason.Paused },
            new() { Slot = first.AddDays(4), Status = SlotStatus.Skipped, Reason = SlotReason.Overlap },
            new() { Slot = first.AddDays(5), Status = SlotStatus.Missed, Reason = SlotReason.Changed },
        };
        await app.Database.WriteAsync(1, async (db, cancel) =>
        {
            foreach (var slot in slots) slot.ScheduleKey = await db.Schedules.Where(x => x.Id == Guid.Parse(id)).Select(x => x.Key).SingleAsync(cancel);
            db.ScheduleSlots.AddRange(slots);
            return 0;
        }, CancellationToken.None);
        var page = (await app.Ana.GetAsync($"/schedules/{id}/occurrences?limit=4")).Ok();
        var next = page.GetProperty("next").GetString();
        var rest = (await app.Ana.GetAsync($"/schedules/{id}/occurrences?limit=4&after={next}")).Ok();
        var all = page.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).ToList();
        Assert.Equal(["missed changed", "skipped overlap", "skipped paused", "missed refused", "skipped coalesced", "missed late"], all.Select(x => $"{x.GetProperty("status").GetString()} {x.GetProperty("reason").GetString()}"));
        Assert.Equal(("2026-01-03T08:00:00.000Z", 90_000_000L), (all[4].GetProperty("into").GetString(), all[4].GetProperty("lateMs").GetInt64()));
        Assert.Equal(("2026-01-01T13:00:00.000Z", 6, 1), (all[5].GetProperty("until").GetString(), all[5].GetProperty("count").GetInt32(), all[4].GetProperty("count").GetInt32()));
        Assert.Equal("Its pipeline is archived.", all[3].GetProperty("note").GetString());
        Assert.Null(rest.GetProperty("next").GetString());
        Assert.Equal("bad_cursor", (await app.Ana.GetAsync($"/schedules/{other}/occurrences?after={next}")).Code);
        Assert.DoesNotContain("exception", string.Concat(all.Select(x => x.GetRawText())), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_slot_whose_time_has_come_is_in_the_ledger_with_its_run()
    {
        var id = (await MakeAsync(await app.Ana.PublishAsync(PipelineFile.Named("Soon").Input("text").Output("answer", "{{ input.text }}").Edge("input", "out")), null, "*/5 * * * * ?")).GetProperty("id").GetString();
        JsonElement last = default;
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (last.ValueKind != JsonValueKind.Object)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60), "No slot came.");
            await Task.Delay(100);
            last = (await app.Ana.GetAsync($"/schedules/{id}")).Ok().GetProperty("lastSlot");
        }
        Assert.Equal(HttpStatusCode.NoContent, (await app.Ana.SendAsync(HttpMethod.Delete, $"/schedules/{id}")).Status);
        Assert.Equal(("ran", JsonValueKind.Null), (last.GetProperty("status").GetString(), last.GetProperty("reason").ValueKind));
        var run = await app.OverAsync(last.GetProperty("run").GetString()!);
        Assert.Equal(("Succeeded", "schedule", "schedule", last.GetProperty("slot").GetString()), (run.GetProperty("status").GetString(), run.GetProperty("trigger").GetString(), run.GetProperty("startedBy").GetString(), run.GetProperty("slot").GetString()));
    }

    [Fact]
    public async Task A_preview_reads_the_line_aloud_and_says_what_the_setting_of_clocks_does()
    {
        var preview = (await app.As(Who.ReadService).GetAsync("/schedules/preview?cron=30+2+29+3+*&timeZone=Europe/Berlin&count=5")).Ok();
        Assert.Equal("Europe/Berlin", preview.GetProperty("timeZone").GetString());
        Assert.Equal(5, preview.GetProperty("slots").GetArrayLength());
        var moved = preview.GetProperty("slots").EnumerateArray().Concat((await app.Ana.GetAsync("/schedules/preview?cron=30+2+*+3+SUN&timeZone=Europe/Berlin&count=10")).Ok().GetProperty("slots").EnumerateArray()).First(x => x.GetProperty("note").ValueKind == JsonValueKind.String);
        Assert.EndsWith("T03:00:00+02:00", moved.GetProperty("local").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("T01:00:00.000Z", moved.GetProperty("at").GetString(), StringComparison.Ordinal);
        Assert.Contains("the clocks are set forward", moved.GetProperty("note").GetString(), StringComparison.Ordinal);
        var often = (await app.Ana.GetAsync("/schedules/preview?cron=0/10+*+*+*+*+?&timeZone=UTC")).Ok();
        Assert.Equal(10, often.GetProperty("slots").GetArrayLength());
        Assert.Contains("more than once a minute", often.GetProperty("warning").GetString(), StringComparison.Ordinal);
        var both = await app.Ana.GetAsync("/schedules/preview?cron=8&timeZone=Mars");
        Assert.Equal(["/cron", "/timeZone"], both.Json.GetProperty("errors").EnumerateArray().Select(x => x.GetProperty("path").GetString()));
    }

    private async Task<JsonElement> MakeAsync(string pipeline, object? body = null, string cron = Yearly) => (await app.Ana.PostAsync("/schedules", body ?? new { pipeline, inputs = new { text = "x" }, cron, timeZone = "UTC" })).Ok();
}
