using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Sending;

namespace PromptDesigner.Designer.Tests.Sending;

/// <summary>The outbox and the switch, as programs see them.</summary>
[Collection(AppCollection.Name)]
public sealed class SendingApiTests(App app)
{
    [Fact]
    public async Task A_mail_shows_all_that_its_receiver_sees_and_where_it_comes_from()
    {
        var (pipeline, run, id) = await app.LetterAsync(app.Ana, "A <letter>");
        var mail = (await app.As(Who.ReadService).GetAsync($"/outbox/{id}")).Ok();
        Assert.Equal("Kept no_server A <letter> Shown. <p>Shown.</p> send", string.Join(' ', new[] { "status", "code", "subject", "text", "html", "step" }.Select(x => mail.GetProperty(x).GetString())));
        Assert.Equal(["\"Bo\" <bo@example.org>", "cy@example.org"], mail.GetProperty("to").EnumerateArray().Select(x => x.GetString()));
        Assert.Equal(["di@example.org"], mail.GetProperty("cc").EnumerateArray().Select(x => x.GetString()));
        Assert.Equal((run, pipeline, 0), (mail.GetProperty("runId").GetString(), mail.GetProperty("pipeline").GetProperty("id").GetString(), mail.GetProperty("attempts").GetInt32()));
        Assert.StartsWith($"<{Guid.Parse(run):N}.", mail.GetProperty("messageId").GetString(), StringComparison.Ordinal);
        Assert.Contains("No mail server is set up", mail.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(["ana@example.org"], mail.GetProperty("approvedBy").EnumerateArray().Select(x => x.GetString()));
        foreach (var none in (string[])["from", "nextTryAt", "resolvedBy"]) Assert.Equal(JsonValueKind.Null, mail.GetProperty(none).ValueKind);
        var line = Assert.Single((await app.Ana.GetAsync($"/outbox?pipeline={pipeline}")).Ok().GetProperty("items").EnumerateArray());
        Assert.Equal(mail.EnumerateObject().Select(x => x.Name).Except(["text", "html"]), line.EnumerateObject().Select(x => x.Name));
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged_from_the_newest_on()
    {
        var (pipeline, run, first) = await app.LetterAsync(app.Ana, "First");
        var second = await CopyAsync(first, x => (x.Subject, x.Status) = ("Second 100%", MailStatus.Uncertain));
        var third = await CopyAsync(first, x => (x.Subject, x.Status) = ("Third", MailStatus.Simulated));
        Assert.Equal([second, first], await ListAsync(""));
        Assert.Equal([third, second, first], await ListAsync("&tries=true"));
        Assert.Equal([second], await ListAsync("&status=uncertain"));
        Assert.Equal([second, first], await ListAsync("&status=Uncertain,Kept"));
        Assert.Equal([third], await ListAsync("&status=Simulated"));
        Assert.Equal([second], await ListAsync("&q=100%25"));
        Assert.Equal([third, second, first], await ListAsync("&tries=true&q=CY@EXAMPLE"));
        Assert.Empty(await ListAsync("&q=nobody"));
        Assert.Equal([first], (await app.Ana.GetAsync($"/outbox?pipeline={pipeline}&limit=1&after={(await app.Ana.GetAsync($"/outbox?pipeline={pipeline}&limit=1")).Ok().GetProperty("next").GetString()}")).Ok().GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString()));
        await app.Ana.GetAsync($"/runs/{run}");

        async Task<List<string?>> ListAsync(string filter) => [.. (await app.Ana.GetAsync($"/outbox?pipeline={pipeline}{filter}")).Ok().GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString())];
    }

    [Fact]
    public async Task An_uncertain_send_is_resolved_by_its_run_and_step_once()
    {
        var (_, run, id) = await app.LetterAsync(app.Ana, "Doubtful");
        await app.ScalarAsync($"UPDATE Mails SET Status = 4 WHERE hex(Id) = '{Guid.Parse(id):N}' COLLATE NOCASE RETURNING 1");
        var again = await app.As(Who.Operator).PostAsync($"/runs/{run}/resolve", new { path = "send", @as = "sendAgain" });
        Assert.Equal((HttpStatusCode.Conflict, "run_over"), (again.Status, again.Code)); // a run that is over sends nothing more
        var done = await app.As(Who.Operator).PostAsync($"/runs/{run}/resolve", new { path = "send", @as = "sent" });
        Assert.Equal((HttpStatusCode.Accepted, run), (done.Status, done.Ok().GetProperty("id").GetString()));
        var mail = (await app.Ana.GetAsync($"/outbox/{id}")).Ok();
        Assert.Equal(("Sent", App.MailOf(Who.Operator)), (mail.GetProperty("status").GetString(), mail.GetProperty("resolvedBy").GetString()));
        Assert.Equal("already_decided", (await app.As(Who.OperateService).PostAsync($"/runs/{run}/resolve", new { path = "send", @as = "giveUp" })).Code);
    }

    [Fact]
    public async Task Sending_is_paused_and_resumed_and_everybody_may_know()
    {
        Assert.False((await app.As(Who.Viewer).GetAsync("/sending")).Ok().GetProperty("paused").GetBoolean());
        var paused = (await app.As(Who.Operator).PostAsync("/sending/pause")).Ok();
        Assert.Equal((true, App.MailOf(Who.Operator)), (paused.GetProperty("paused").GetBoolean(), paused.GetProperty("by").GetString()));
        Assert.True(paused.GetProperty("since").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.Equal(paused.GetRawText(), (await app.As(Who.OperateService).PostAsync("/sending/pause")).Ok().GetRawText()); // who was first stays named
        Assert.Equal(paused.GetRawText(), (await app.As(Who.ReadService).GetAsync("/sending")).Ok().GetRawText());
        Assert.False((await app.As(Who.OtherAdministrator).GetAsync("/sending")).Ok().GetProperty("paused").GetBoolean());
        var resumed = (await app.As(Who.OperateService).PostAsync("/sending/resume")).Ok();
        Assert.Equal("""{"paused":false,"since":null,"by":null}""", resumed.GetRawText());
    }

    [Fact]
    public async Task The_frame_of_a_mail_runs_nothing_and_fetches_nothing()
    {
        var (_, _, id) = await app.LetterAsync(app.Ana, "Framed");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Address) };
        var browser = await Browser.OfAsync(app, Who.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/outbox/{id}/preview");
        request.Headers.Add("Cookie", browser.Cookies);
        using var answer = await http.SendAsync(request);
        Assert.Equal("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.EndsWith("<p>Shown.</p>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> CopyAsync(string mail, Action<Mail> change) => await app.Database.WriteAsync(1, async (db, cancel) =>
    {
        var source = await db.Mails.SingleAsync(x => x.Id == Guid.Parse(mail), cancel);
        var copy = new Mail
        {
            Id = Guid.CreateVersion7(), PipelineKey = source.PipelineKey, RunKey = source.RunKey, SortPath = $"0009.x{Guid.NewGuid():N}", MessageId = source.MessageId, To = source.To, Cc = source.Cc, Subject = "", ContentHash = "x", Gates = "", Retry = "1 0 0 1", CreatedAt = DateTimeOffset.UtcNow,
        };
        change(copy);
        copy.TakenOver = copy.Status;
        db.Mails.Add(copy);
        return copy.Id.ToString();
    }, CancellationToken.None);
}
