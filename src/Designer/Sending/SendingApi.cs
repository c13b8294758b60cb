using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Sending;

/// <summary>The outbox over HTTP, and the one switch that pauses all sending.</summary>
public static class SendingApi
{
    private const string List = "outbox";

    /// <summary>Maps <c>/outbox</c> and <c>/sending</c>.</summary>
    public static void MapSending(this IEndpointRouteBuilder api)
    {
        api.MapGet("/outbox", ListAsync).WithSummary("Mails that pipelines made, newest first, without their text and HTML.");
        api.MapGet("/outbox/{id}", GetAsync).WithSummary("One mail as its receiver sees it.");
        api.MapGet("/sending", StandAsync).WithSummary("Whether sending is paused.");
        api.MapPost("/sending/pause", PauseAsync).WithSummary("Pauses sending: what would be sent waits.");
        api.MapPost("/sending/resume", ResumeAsync).WithSummary("Lets sending go on, with what waited.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, OutboxList outbox)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, List);
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        var filter = OutboxFilter.Of(http.Request.Query);
        if (filter.Refusal is { } unclear) return Problems.Refuse(unclear);
        var (after, limit) = paging.Value!;
        var below = MailPlace.Read(after);
        if (after is not null && below is null) return Problems.Refuse(Paging.BadCursor);
        var lines = await outbox.ReadAsync(http.Actor().Workspace, filter.Value!, below, limit, http.RequestAborted);
        var sender = await outbox.SenderAsync(http.Actor().Workspace, http.RequestAborted);
        return Problems.Ok(paging.Value!.Page(lines, List, x => MailPlace.Of(x.Mail).ToString(), x => Show(x, sender)));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, OutboxList outbox)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var mail) || await outbox.FindAsync(mail, http.Actor().Workspace, http.RequestAborted) is not { } line) return Problems.Refuse(new Refusal("not_found", "There is no such mail."));
        var view = Show(line, await outbox.SenderAsync(http.Actor().Workspace, http.RequestAborted));
        view["text"] = line.Mail.Text;
        view["html"] = line.Mail.Html;
        return Problems.Ok(view);
    }

    private static async Task<IResult> StandAsync(HttpContext http, OutboxList outbox) =>
        http.Actor().Denies(Operation.Read) is { } denied ? Problems.Refuse(denied) : await ShowStandingAsync(http, outbox);

    private static async Task<IResult> PauseAsync(HttpContext http, OutboxDesk desk, OutboxList outbox) => await SwitchAsync(http, desk.PauseAsync, outbox);

    private static async Task<IResult> ResumeAsync(HttpContext http, OutboxDesk desk, OutboxList outbox) => await SwitchAsync(http, desk.ResumeAsync, outbox);

    private static async Task<IResult> SwitchAsync(HttpContext http, Func<Actor, CancellationToken, Task<Answer<bool>>> act, OutboxList outbox)
    {
        if (http.Actor().Denies(Operation.Operate) is { } denied) return Problems.Refuse(denied);
        if ((await RequestBody.ReadNothingAsync(http)).Refusal is { } unread) return Problems.Refuse(unread);
        return (await act(http.Actor(), http.RequestAborted)).Refusal is { } refusal ? Problems.Refuse(refusal) : await ShowStandingAsync(http, outbox);
    }

    private static async Task<IResult> ShowStandingAsync(HttpContext http, OutboxList outbox)
    {
        var standing = await outbox.StandingAsync(http.Actor().Workspace, http.RequestAborted);
        return Problems.Ok(new { paused = standing.PausedAt is not null, since = standing.PausedAt, by = standing.PausedBy });
    }

    private static Dictionary<string, object?> Show(MailLine x, string? sender)
    {
        Mail mail = x.Mail;
        return new Dictionary<string, object?>
        {
            ["id"] = mail.Id, ["status"] = mail.Status.ToString(), ["code"] = mail.Code, ["answer"] = mail.Answer, ["from"] = mail.From ?? sender, ["to"] = Mail.Lines(mail.To), ["cc"] = Mail.Lines(mail.Cc),
            ["subject"] = mail.Subject, ["messageId"] = mail.MessageId, ["pipeline"] = new { id = x.Pipeline, name = x.PipelineName }, ["runId"] = x.Run, ["step"] = x.Step, ["createdAt"] = mail.CreatedAt, ["nextTryAt"] = mail.NextTryAt,
            ["attempts"] = mail.Attempts, ["finishedAt"] = mail.FinishedAt, ["resolvedBy"] = mail.ResolvedBy, ["approvedBy"] = x.Approvals.Select(a => a.By).Distinct().ToList(),
        };
    }
}
