using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Notices;

/// <summary>Somebody for whom something is due.</summary>
internal sealed record DueNotices(int Workspace, Guid Person, bool Daily);

/// <summary>What one attempt came to.</summary>
internal sealed record NoticeOutcome(NoticeStatus Status, string? Code, string Answer, DateTimeOffset? NextTryAt = null);

/// <summary>Notices that leave together as one mail.</summary>
/// <param name="Id">The oldest one's: the mail's parts and its Message-ID are named after it, so that they are the same when it is tried again.</param>
/// <param name="Workspace">The workspace's name.</param>
/// <param name="Address">Where people open the application, as an administrator said; null: nobody said.</param>
/// <param name="To">The person's address.</param>
/// <param name="Daily">It is the day's mail.</param>
/// <param name="Items">What it tells, one each topic.</param>
internal sealed record NoticeMail(Guid Id, string Workspace, string? Address, string To, bool Daily, IReadOnlyList<Notice> Items);

/// <summary>How notices leave, as units inside the journal's transaction.</summary>
internal static class NoticeClaims
{
    private const int MostAtOnce = 200;
    private const string Columns = "Id, WorkspaceId, PersonId, Kind, Topic, Subject, Text, Path, Count, AsAdministrator, RunKey, Node, Round, Overdue, Since, DueAt, Attempts, CreatedAt";

    /// <summary>Everybody for whom something is due. It only reads, so that looking every few seconds keeps nobody from writing.</summary>
    public const string Due = "SELECT DISTINCT WorkspaceId, PersonId, Daily FROM Notices WHERE Status = 0 AND NextTryAt <= @1";

    /// <summary>At the start: what a process that died was sending may have arrived. Once too few is better than twice.</summary>
    public static int LeaveUncertain(JournalTables t, DateTimeOffset now) =>
        t.Of("UPDATE Notices SET Status = 4, FinishedAt = @1, Code = 'interrupted', Answer = 'The program stopped while this was on its way; it may have arrived.' WHERE Status = 1").Run(now);

    /// <summary>Where no mail server is set up: what has waited for a day is not told any more.</summary>
    public static int GiveUp(JournalTables t, int workspace, DateTimeOffset now) =>
        t.Of("UPDATE Notices SET Status = 5, NextTryAt = NULL, FinishedAt = @2, Code = 'no_server', Answer = 'No mail server was set up within a day.' WHERE WorkspaceId = @1 AND Status = 0 AND DueAt <= @3")
            .Run(workspace, now, now - NoticeTimes.Patience);

    /// <summary>Deletes what is over and older than a time, a few at a time.</summary>
    public static int Forget(JournalTables t, DateTimeOffset before) =>
        t.Of("DELETE FROM Notices WHERE Id IN (SELECT Id FROM Notices WHERE Id < @1 AND Status > 1 LIMIT 500)").Run(Guid.CreateVersion7(before));

    /// <summary>
    /// Takes what is due for a person, with what would be due within the next minute. Whether there still is something to tell is looked up again: the person is a member,
    /// an approval waits and asks this person, sending is paused. What need not be told is settled here. Null: nothing is to be sent.
    /// </summary>
    public static NoticeMail? Claim(JournalTables t, DueNotices due, DateTimeOffset now)
    {
        var rows = t.Of($"SELECT {Columns} FROM Notices WHERE WorkspaceId = @1 AND PersonId = @2 AND Daily = @3 AND Status = 0 AND NextTryAt <= @4 ORDER BY Id LIMIT {MostAtOnce}")
            .Rows(Read, due.Workspace, due.Person, due.Daily, due.Daily ? now : now + NoticeTimes.Gathering);
        // sending may be paused: that holds back what pipelines send, not this, which is how people learn of it
        var found = t.Of("SELECT m.Role, m.Rights, u.Email, w.Name, w.Address, w.SendingPausedAt FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId JOIN Workspaces w ON w.Id = m.WorkspaceId WHERE m.WorkspaceId = @1 AND m.UserId = @2")
            .Rows(x => (Person: new Actor(due.Workspace, x.GetString(2), due.Person) { Role = (Role)x.GetInt32(0), Rights = (Rights)x.GetInt32(1) }, Workspace: x.GetString(3), Address: x.TextOrNull(4), IsPaused: !x.IsDBNull(5)), due.Workspace, due.Person);
        if (found is not [var at, ..])
        {
            foreach (var row in rows) Drop(t, row, ("left", "You were no member of the workspace any more."), now);
            return null;
        }
        var items = new List<Notice>();
        foreach (var topic in rows.GroupBy(x => x.Topic).Select(x => x.ToList()))
        {
            // while an attempt that failed was on its way the same may have happened again: one of the two tells both
            var item = topic[0];
            (item.Text, item.Count) = (topic[^1].Text, topic.Sum(x => x.Count));
            foreach (var later in topic.Skip(1)) Drop(t, later, ("merged", "It was told with an earlier one."), now);
            if (Moot(t, item, at.Person, at.IsPaused) is { } why) Drop(t, item, why, now);
            else items.Add(item);
        }
        foreach (var item in items)
        {
            t.Of("UPDATE Notices SET Status = 1, NextTryAt = NULL, Attempts = Attempts + 1, ClaimedAt = @2, Text = @3, Count = @4, Path = @5 WHERE Id = @1").Run(item.Id, now, item.Text, item.Count, item.Path);
            item.Attempts++;
        }
        return items.Count == 0 ? null : new NoticeMail(items[0].Id, at.Workspace, at.Address, at.Person.Name, due.Daily, items);
    }

    /// <summary>Stores what an attempt came to.</summary>
    public static int Keep(JournalTables t, NoticeMail mail, NoticeOutcome outcome, DateTimeOffset now)
    {
        foreach (var item in mail.Items)
            t.Of("UPDATE Notices SET Status = @2, NextTryAt = @3, FinishedAt = @4, Code = @5, Answer = @6 WHERE Id = @1")
                .Run(item.Id, outcome.Status, outcome.NextTryAt, outcome.Status == NoticeStatus.Waiting ? null : now, outcome.Code, outcome.Answer);
        return mail.Items.Count;
    }

    /// <summary>Why there is nothing to tell this person any more; null: there is. How many approvals wait, and where they are seen, is taken over into the notice.</summary>
    private static (string Code, string Answer)? Moot(JournalTables t, Notice x, Actor person, bool isPaused) => x switch
    {
        { AsAdministrator: true } when person.Role != Role.Administrator => ("no_right", "You were no administrator any more."),
        { Kind: NoticeKind.SendingPaused } when !isPaused => ("over", "Sending went on before this left."),
        { Kind: NoticeKind.SendingPaused } when person.Denies(Operation.Operate) is not null => ("no_right", "You could not have let sending go on any more."),
        { Kind: NoticeKind.ApprovalWaits } => MootApproval(t, x, person),
        _ => null,
    };

    private static (string Code, string Answer)? MootApproval(JournalTables t, Notice x, Actor person)
    {
        var open = t.Of("""
            SELECT a.Id, a.SortPath, a.Request, r.StarterId, p.Id FROM Approvals a JOIN Runs r ON r.Key = a.RunKey JOIN Pipelines p ON p.Key = r.PipelineKey
            WHERE a.RunKey = @1 AND a.Status = 0 AND a.Round = @2 AND r.Status < 3 AND r.Try = 0 AND CASE @3 WHEN 1 THEN a.OverdueAt ELSE a.CreatedAt END >= @4
                AND NOT EXISTS (SELECT 1 FROM ApprovalDecisions d WHERE d.ApprovalId = a.Id AND d.UserId = @5 AND d.UndoneAt IS NULL AND d.Counts = 1)
            ORDER BY a.SortPath
            """).Rows(o => (Id: o.Id(0), Node: StepPath.LastOf(o.GetString(1)).Node, Request: o.GetString(2), Starter: o.IdOrNull(3), Pipeline: o.Id(4)), x.RunKey, x.Round, x.Overdue, x.Since, person.Person)
            .Where(o => o.Node == x.Node).ToList();
        if (open.Count == 0) return ("decided", "It was decided before this left.");
        var others = new Lazy<List<string>>(() => t.Of("SELECT u.Email FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE m.WorkspaceId = @1 AND m.UserId <> @2 AND (m.Rights & 1) = 1").Rows(o => o.GetString(0), x.WorkspaceId, person.Person));
        var asked = open.GroupBy(o => o.Request, StringComparer.Ordinal) // a thousand items of one gate ask the same people
            .Where(same => DecisionRights.Refuse(ApprovalRequests.Read(same.Key), x.Overdue, same.First().Starter, false, person, () => others.Value) is null).SelectMany(same => same).ToList();
        if (asked.Count == 0) return ("no_right", "You could not have decided it any more.");
        (x.Count, x.Path) = (asked.Count, asked.Count == 1 ? $"/approvals/{asked[0].Id}" : $"/approvals?pipeline={asked[0].Pipeline}");
        return null;
    }

    private static void Drop(JournalTables t, Notice x, (string Code, string Answer) why, DateTimeOffset now) =>
        t.Of("UPDATE Notices SET Status = 5, NextTryAt = NULL, FinishedAt = @2, Code = @3, Answer = @4 WHERE Id = @1").Run(x.Id, now, why.Code, why.Answer);

    private static Notice Read(System.Data.IDataRecord x) => new()
    {
        Id = x.Id(0), WorkspaceId = x.GetInt32(1), PersonId = x.Id(2), Kind = (NoticeKind)x.GetInt32(3), Topic = x.GetString(4), Subject = x.GetString(5), Text = x.GetString(6), Path = x.GetString(7), Count = x.GetInt32(8),
        AsAdministrator = x.GetInt32(9) != 0, RunKey = x.LongOrNull(10), Node = x.TextOrNull(11), Round = x.IntOrNull(12), Overdue = x.GetInt32(13) != 0, Since = x.Time(14), DueAt = x.Time(15), Attempts = x.GetInt32(16), CreatedAt = x.Time(17),
    };
}
