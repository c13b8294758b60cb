using System.Globalization;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Schedules;

/// <summary>Schedules over HTTP: made, changed, paused, triggered, and what became of their slots.</summary>
public static class SchedulesApi
{
    private const string List = "schedules";
    private const string Ledger = "occurrences";
    private const int Previewed = 10;

    /// <summary>Maps <c>/schedules</c>.</summary>
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules", ListAsync).WithSummary("Schedules, newest first.");
        api.MapPost("/schedules", CreateAsync).WithSummary("Makes a schedule of a published pipeline.");
        api.MapGet("/schedules/preview", Preview).WithSummary("What a cron line in a time zone will do: in words, and its next times.");
        api.MapGet("/schedules/{id}", GetAsync).WithSummary("One schedule with its next and its last slot.");
        api.MapPut("/schedules/{id}", ChangeAsync).WithSummary("Replaces a schedule.");
        api.MapDelete("/schedules/{id}", DeleteAsync).WithSummary("Takes a schedule away; its runs stay.");
        api.MapPost("/schedules/{id}/pause", PauseAsync).WithSummary("Pauses a schedule: its slots are kept as skipped.");
        api.MapPost("/schedules/{id}/resume", ResumeAsync).WithSummary("Lets a schedule run again, from the next slot on.");
        api.MapPost("/schedules/{id}/trigger", TriggerAsync).WithSummary("Makes a run of a schedule now, beside its slots.");
        api.MapGet("/schedules/{id}/occurrences", SlotsAsync).WithSummary("What became of each slot and why, newest first.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, List);
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        var filter = ScheduleFilter.Of(http.Request.Query);
        if (filter.Refusal is { } unclear) return Problems.Refuse(unclear);
        var (after, limit) = paging.Value!;
        int? below = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;
        if (after is not null && below is null) return Problems.Refuse(Paging.BadCursor);
        var lines = await schedules.NewestAsync(http.Actor().Workspace, filter.Value!, below, limit, http.RequestAborted);
        return Problems.Ok(paging.Value!.Page(lines, List, x => x.Row.Key.ToString(CultureInfo.InvariantCulture), Show));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, ScheduleDesk desk, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Schedule) is { } denied) return Problems.Refuse(denied);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var idempotency = body.Value!.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var draft = Read(body.Value);
        if (draft.Refusal is { } wrong) return Problems.Refuse(wrong);
        var made = await desk.CreateAsync(draft.Value!, http.Actor(), idempotency.Value, http.RequestAborted);
        if (made.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.Location = $"/api/v1/schedules/{made.Value}";
        return await ShowAsync(made.Value, http, schedules, StatusCodes.Status201Created);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        return Guid.TryParse(id, out var schedule) ? await ShowAsync(schedule, http, schedules) : NoSuchSchedule;
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, ScheduleDesk desk, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Schedule) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var schedule) || await schedules.FindAsync(schedule, http.Actor().Workspace, http.RequestAborted) is null) return NoSuchSchedule;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var draft = Read(body.Value!);
        return draft.Refusal is { } wrong ? Problems.Refuse(wrong) : await ActAsync(await desk.ChangeAsync(schedule, draft.Value!, http.Actor(), http.RequestAborted), http, schedules);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ScheduleDesk desk)
    {
        if (http.Actor().Denies(Operation.Schedule) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var schedule)) return NoSuchSchedule;
        return (await desk.DeleteAsync(schedule, http.Actor(), http.RequestAborted)).Refusal is { } refusal ? Problems.Refuse(refusal) : Results.NoContent();
    }

    private static async Task<IResult> PauseAsync(string id, HttpContext http, ScheduleDesk desk, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Schedule) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var schedule)) return NoSuchSchedule;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var fields = new Fields(given.Value);
        var note = fields.Text("note", most: 500);
        return fields.Done() is { } wrong ? Problems.Refuse(wrong) : await ActAsync(await desk.PauseAsync(schedule, note, http.Actor(), http.RequestAborted), http, schedules);
    }

    private static async Task<IResult> ResumeAsync(string id, HttpContext http, ScheduleDesk desk, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Schedule) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var schedule)) return NoSuchSchedule;
        if ((await RequestBody.ReadNothingAsync(http)).Refusal is { } unread) return Problems.Refuse(unread);
        return await ActAsync(await desk.ResumeAsync(schedule, http.Actor(), http.RequestAborted), http, schedules);
    }

    private static async Task<IResult> TriggerAsync(string id, HttpContext http, ScheduleDesk desk)
    {
        if (http.Actor().Denies(Operation.Schedule) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var schedule)) return NoSuchSchedule;
        if ((await RequestBody.ReadNothingAsync(http)).Refusal is { } unread) return Problems.Refuse(unread);
        var made = await desk.TriggerAsync(schedule, http.Actor(), http.RequestAborted);
        if (made.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.Location = $"/api/v1/runs/{made.Value}";
        return Problems.Ok(new { id = made.Value, status = RunStatus.Queued.ToString() }, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> SlotsAsync(string id, HttpContext http, ScheduleList schedules)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, Ledger);
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        var (after, limit) = paging.Value!;
        var below = SchedulePlace.Time(after?[(after.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        if (!Guid.TryParse(id, out var schedule) || await schedules.FindAsync(schedule, http.Actor().Workspace, http.RequestAborted) is not { Row: var row }) return NoSuchSchedule;
        if (after is not null && (below is null || !after.StartsWith($"{row.Id:N}.", StringComparison.Ordinal))) return Problems.Refuse(Paging.BadCursor);
        var slots = await schedules.SlotsAsync(row.Key, row.WorkspaceId, below, limit, http.RequestAborted);
        return Problems.Ok(paging.Value!.Page(slots, Ledger, x => string.Create(CultureInfo.InvariantCulture, $"{row.Id:N}.{x.Slot.Slot.ToUnixTimeMilliseconds()}"), Show));
    }

    private static IResult Preview(HttpContext http, TimeProvider clock)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        string[] known = ["cron", "timeZone", "count"];
        if (http.Request.Query.Keys.FirstOrDefault(x => !known.Contains(x, StringComparer.Ordinal)) is { } unknown)
            return Problems.Refuse(new Refusal("bad_query", $"{unknown} is unknown; known are {string.Join(", ", known)}.", [new FieldError(unknown, "unknown")]));
        var count = Previewed;
        if (http.Request.Query.TryGetValue("count", out var wanted) && (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > SchedulePreview.Most))
            return Problems.Refuse(new Refusal("bad_query", $"count must be a whole number from 1 to {SchedulePreview.Most}.", [new FieldError("count", $"must be from 1 to {SchedulePreview.Most}")]));
        var preview = SchedulePreview.Of(http.Request.Query["cron"], http.Request.Query["timeZone"], clock.GetUtcNow(), count);
        return preview.Value is not { } shown ? Problems.Refuse(preview.Refusal!) : Problems.Ok(new
        {
            words = shown.Words, timeZone = shown.TimeZone, warning = shown.Warning,
            slots = shown.Slots.Select(x => new { at = x.At, local = x.Local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), note = x.Note }),
        });
    }

    private static Answer<ScheduleDraft> Read(RequestBody body)
    {
        var given = body.AsObject();
        if (given.Refusal is { } broken) return broken;
        var fields = new Fields(given.Value);
        var pipeline = fields.Text("pipeline", required: true);
        if (pipeline is not null && !Guid.TryParse(pipeline, out _)) fields.Report("/pipeline", "must be a pipeline's id");
        var account = fields.Text("account", most: 200);
        if (account is { Length: 0 }) fields.Report("/account", "must not be empty; leave it out, or send null");
        var draft = new ScheduleDraft
        {
            Pipeline = Guid.TryParse(pipeline, out var id) ? id : default, Inputs = fields.Json("inputs"), Cron = fields.Text("cron", required: true) ?? "", TimeZone = fields.Text("timeZone", required: true) ?? "",
            Missed = fields.Choice<MissedPolicy>("missed") ?? MissedPolicy.RunOnce, GraceSeconds = fields.Number("graceSeconds", 0, 86_400) ?? ScheduleDraft.UsualGrace, Overlap = fields.Choice<OverlapPolicy>("overlap") ?? OverlapPolicy.Skip,
            CountWaiting = fields.Flag("countWaiting") ?? false, StartAt = fields.Time("startAt"), EndAt = fields.Time("endAt"), Account = account,
        };
        return fields.Done() is { } wrong ? wrong : draft;
    }

    private static async Task<IResult> ActAsync(Answer<Guid> done, HttpContext http, ScheduleList schedules) => done.Refusal is { } refusal ? Problems.Refuse(refusal) : await ShowAsync(done.Value, http, schedules);

    private static async Task<IResult> ShowAsync(Guid id, HttpContext http, ScheduleList schedules, int status = StatusCodes.Status200OK) =>
        await schedules.FindAsync(id, http.Actor().Workspace, http.RequestAborted) is { } found ? Problems.Ok(Show(found), status) : NoSuchSchedule;

    private static IResult NoSuchSchedule => Problems.Refuse(new Refusal("not_found", "There is no such schedule."));

    private static object Show(ScheduleLine x)
    {
        var s = x.Row;
        return new
        {
            id = s.Id, pipeline = new { id = x.Pipeline, name = x.PipelineName }, inputs = new RawJson(s.Inputs), cron = s.Cron, words = x.Words, timeZone = s.TimeZone, missed = Word(s.Missed), graceSeconds = s.GraceSeconds,
            overlap = Word(s.Overlap), countWaiting = s.CountWaiting, startAt = s.StartAt, endAt = s.EndAt, account = s.Account, owner = x.OwnerMail, createdBy = s.CreatedBy, createdAt = s.CreatedAt, updatedAt = s.UpdatedAt,
            state = Word(x.State), pausedAt = s.PausedAt, pausedBy = s.PausedBy, pauseNote = s.PauseNote, nextSlot = s.NextSlot, lastSlot = x.Last is { } last ? Show(last) : null,
        };
    }

    private static object Show(SlotLine x) => new
    {
        slot = x.Slot.Slot, status = Word(x.Slot.Status), run = x.Run, lateMs = x.Slot.Status == SlotStatus.Held ? (long?)null : x.Slot.LateMs, reason = x.Slot.Reason == SlotReason.None ? null : Word(x.Slot.Reason),
        into = x.Slot.Into, until = x.Slot.Until, count = x.Slot.Count, note = x.Slot.Note,
    };

    /// <summary>A word of an enumeration as the API writes it: <c>runOnce</c>.</summary>
    private static string Word<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
