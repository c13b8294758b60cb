using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Sending;

/// <summary>Mails for screens: stored as they are wanted, or made by a run and sent to a server on loopback.</summary>
internal static class OutboxScene
{
    /// <summary>Stores a mail of a run that waits at a gate.</summary>
    public static async Task<Mail> KeepAsync(Screen screen, MailStatus status, Action<Mail>? change = null)
    {
        var run = (await screen.HeldAsync()).Run;
        return await screen.Host.Database.WriteAsync(screen.Ana.Workspace, async (db, cancel) =>
        {
            var owner = await db.Runs.SingleAsync(x => x.Id == run, cancel);
            var mail = new Mail
            {
                Id = Guid.CreateVersion7(), PipelineKey = owner.PipelineKey, RunKey = owner.Key, SortPath = "0003.send", Status = status, TakenOver = status, MessageId = $"<{run:N}@example.org>", To = "bo@example.org\ncy@example.org", Cc = "",
                Subject = $"About {status}", Text = "Hello", ContentHash = new string('0', 64), Gates = "", Retry = "3 0 0 30", CreatedAt = DateTimeOffset.UtcNow, Answer = $"It is {status}.", NextTryAt = status == MailStatus.Waiting ? DateTimeOffset.UtcNow.AddHours(1) : null,
            };
            change?.Invoke(mail);
            db.Mails.Add(mail);
            return mail;
        }, CancellationToken.None);
    }

    /// <summary>Sets the mail server up, as an administrator does.</summary>
    public static async Task ServeAsync(Screen screen, int port) =>
        Assert.Null((await screen.Host.Get<MailServerBook>().SaveAsync(new MailServerDraft("127.0.0.1", port, MailSecurity.None, null, null, "Desk <desk@example.org>"), screen.Ana, CancellationToken.None)).Refusal);

    /// <summary>Starts the letter and approves it, maybe with an edit; the answer is the run.</summary>
    public static async Task<Guid> SendAsync(Screen screen, string? edited = null)
    {
        var run = await screen.Host.RunAsync(await screen.Host.PublishAsync(App.Letter("About {{ input.text }}")), new { text = "the parcel" });
        await screen.Host.SettleAsync();
        Approval open;
        await using (var db = screen.Host.Database.Read(screen.Ana.Workspace))
            open = await db.Approvals.SingleAsync(x => x.RunKey == db.Runs.Where(r => r.Id == run).Select(r => r.Key).First());
        var decided = await screen.Host.Get<ApprovalDesk>().DecideAsync(open.Id, new Decision { Verb = "approve", ContentHash = open.ContentHash, Edited = edited is null ? null : System.Text.Json.JsonSerializer.SerializeToElement(edited) }, screen.Ana, CancellationToken.None);
        Assert.Null(decided.Refusal);
        return run;
    }

    /// <summary>The run's mail, once it stands so.</summary>
    public static async Task<Mail> MailAsync(Screen screen, Guid run, MailStatus status)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            await using var db = screen.Host.Database.Read(screen.Ana.Workspace);
            var found = await db.Mails.SingleOrDefaultAsync(x => x.RunKey == db.Runs.Where(r => r.Id == run).Select(r => r.Key).First());
            if (found?.Status == status) return found;
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), $"The mail is {found?.Status}, not {status}.");
            await Task.Delay(10);
        }
    }

    /// <summary>A mail that may have arrived; the server takes the next one.</summary>
    public static async Task<(Guid Run, Mail Mail, ScriptedSmtpServer Server)> DoubtAsync(Screen screen)
    {
        var cuts = true;
        var server = new ScriptedSmtpServer((moment, _) => moment == SmtpMoment.Dot && cuts ? SmtpDeed.Close : null);
        await ServeAsync(screen, server.Port);
        var run = await SendAsync(screen);
        var mail = await MailAsync(screen, run, MailStatus.Uncertain);
        await RunIsAsync(screen, run, "2 3"); // waits for a resolution
        cuts = false;
        return (run, mail, server);
    }

    /// <summary>Until the run has that status and waits for that.</summary>
    public static async Task RunIsAsync(Screen screen, Guid run, string state)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            await using var db = screen.Host.Database.Read(screen.Ana.Workspace);
            var found = await db.Runs.SingleAsync(x => x.Id == run);
            if ($"{(int)found.Status} {(int)found.WaitingFor}" == state) return;
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), $"The run is {found.Status} {found.WaitingFor}, not {state}.");
            await Task.Delay(10);
        }
    }
}
