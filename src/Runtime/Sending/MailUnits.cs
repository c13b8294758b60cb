using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Sending;

/// <summary>What one attempt came to.</summary>
/// <param name="Status">Where the mail stands from now on.</param>
/// <param name="Code">A word for it.</param>
/// <param name="Answer">In words.</param>
/// <param name="NextTryAt">When it is tried again.</param>
internal sealed record MailOutcome(MailStatus Status, string? Code, string Answer, DateTimeOffset? NextTryAt = null);

/// <summary>A mail that stands somewhere else now.</summary>
/// <param name="Run">Its run.</param>
/// <param name="Woken">The run's place in the queue, where it waited and goes on.</param>
/// <param name="Mail">The mail, where it was claimed to be sent.</param>
internal sealed record MailMoved(Guid Run, QueuedRun? Woken, Mail? Mail = null);

/// <summary>The outbox's changes, as units inside the journal's transaction.</summary>
internal static class MailUnits
{
    private const string Columns = """Id, WorkspaceId, RunKey, SortPath, MessageId, "From", "To", Cc, Subject, Text, Html, Gates, Retry, Attempts""";

    /// <summary>At the start: what a process that died was sending may have arrived.</summary>
    public static IReadOnlyList<QueuedRun> LeaveUncertain(JournalTables t, DateTimeOffset now)
    {
        var left = t.Of("""
            UPDATE Mails SET Status = 4, NextTryAt = NULL, FinishedAt = @1, Code = 'interrupted', Answer = 'The program stopped while this mail was on its way. Ask a receiver, or look into the mail server''s log for its Message-ID.'
            WHERE Status = 1 RETURNING RunKey, WorkspaceId
            """).Rows(x => (Run: x.GetInt64(0), Workspace: x.GetInt32(1)), now);
        return [.. left.Select(x => Wake(t, x.Run, x.Workspace, now, "sent", null)).OfType<QueuedRun>()];
    }

    /// <summary>Workspaces that have a mail that may be tried by now.</summary>
    public static IReadOnlyList<int> WithSomethingToSend(JournalTables t, DateTimeOffset now) =>
        t.Of("SELECT DISTINCT m.WorkspaceId FROM Mails m JOIN Workspaces w ON w.Id = m.WorkspaceId WHERE m.Status = 0 AND m.NextTryAt <= @1 AND w.SendingPausedAt IS NULL").Rows(x => x.GetInt32(0), now);

    /// <summary>
    /// Takes the oldest mail of a workspace to be sent, unless sending is paused. Everything that lets it leave is looked up again: its run goes on,
    /// no practice model wrote in it, every gate before it is approved. One that may not leave is settled here. Null: nothing is to be sent now.
    /// </summary>
    public static MailMoved? Claim(JournalTables t, int workspace, DateTimeOffset now)
    {
        if (t.Of("SELECT 1 FROM Workspaces WHERE Id = @1 AND SendingPausedAt IS NULL").Scalar(workspace) is null) return null;
        var found = t.Of($"SELECT {Columns} FROM Mails WHERE Status = 0 AND NextTryAt <= @2 AND WorkspaceId = @1 ORDER BY NextTryAt, CreatedAt LIMIT 1").Rows(Read, workspace, now);
        if (found.Count == 0) return null;
        var mail = found[0];
        var run = t.Of("SELECT Id, Status, Practice, Try FROM Runs WHERE Key = @1").Rows(x => (Id: x.Id(0), Status: (RunStatus)x.GetInt32(1), Practice: x.GetInt32(2) != 0, Try: x.GetInt32(3) != 0), mail.RunKey)[0];
        if (run.Status > RunStatus.Waiting) return Keep(t, mail, new MailOutcome(MailStatus.Cancelled, "run_over", "Its run stopped before it was sent."), now);
        if (run.Practice || run.Try) return Keep(t, mail, new MailOutcome(MailStatus.Kept, "practice", "The practice model wrote something in this run, so it stays here."), now);
        foreach (var gate in Mail.Lines(mail.Gates))
            if (t.Of("SELECT Status FROM Approvals WHERE RunKey = @1 AND SortPath = @2").Scalar(mail.RunKey, gate) is not long status || (ApprovalStatus)status != ApprovalStatus.Approved)
                return Keep(t, mail, new MailOutcome(MailStatus.Failed, "not_approved", "A gate before this mail is not approved, so it does not leave."), now);
        t.Of("UPDATE Mails SET Status = 1, Attempts = Attempts + 1, ClaimedAt = @2 WHERE Id = @1").Run(mail.Id, now);
        mail.Attempts++;
        return new MailMoved(run.Id, null, mail);
    }

    /// <summary>Stores what an attempt came to, and lets the run go on.</summary>
    public static MailMoved Keep(JournalTables t, Mail mail, MailOutcome outcome, DateTimeOffset now)
    {
        t.Of("UPDATE Mails SET Status = @2, NextTryAt = @3, FinishedAt = @4, Code = @5, Answer = @6 WHERE Id = @1")
            .Run(mail.Id, outcome.Status, outcome.NextTryAt, outcome.Status == MailStatus.Waiting ? null : now, outcome.Code, outcome.Answer);
        var id = t.Of("SELECT Id FROM Runs WHERE Key = @1").Rows(x => x.Id(0), mail.RunKey)[0];
        return new MailMoved(id, outcome.Status == MailStatus.Waiting ? null : Wake(t, mail.RunKey, mail.WorkspaceId, now, "sent", null));
    }

    /// <summary>Queues a waiting run, which takes over what became of its mail. Null where it does not wait.</summary>
    public static QueuedRun? Wake(JournalTables t, long run, int workspace, DateTimeOffset now, string reason, string? actor)
    {
        var woken = t.Of($"UPDATE Runs SET Status = 0, WaitingFor = 0, WakeAt = NULL WHERE Key = @1 AND Status = 2 RETURNING {QueuedRun.Columns}").Rows(QueuedRun.Read, run);
        if (woken.Count == 0) return null;
        t.Event(workspace, run, now, RunStatus.Queued, reason, actor);
        return woken[0];
    }

    private static Mail Read(System.Data.IDataRecord x) => new()
    {
        Id = x.Id(0), WorkspaceId = x.GetInt32(1), RunKey = x.GetInt64(2), SortPath = x.GetString(3), MessageId = x.GetString(4), From = x.TextOrNull(5), To = x.GetString(6), Cc = x.GetString(7),
        Subject = x.GetString(8), Text = x.TextOrNull(9), Html = x.TextOrNull(10), Gates = x.GetString(11), Retry = x.GetString(12), Attempts = x.GetInt32(13), ContentHash = "",
    };
}
