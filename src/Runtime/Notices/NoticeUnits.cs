using System.Globalization;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Notices;

/// <summary>Notices of what a unit of the journal does, put into its own transaction: neither is stored without the other.</summary>
internal static class NoticeUnits
{
    /// <summary>How long nobody is told anew of the same gate while more and more items come to wait at it.</summary>
    private static readonly TimeSpan GateRest = TimeSpan.FromMinutes(15);

    /// <summary>A schedule that runs every few seconds fails as often; its owner hears of it once an hour.</summary>
    private static readonly TimeSpan ScheduleRest = TimeSpan.FromHours(1);

    /// <summary>An approval was opened: tells everybody who may decide it.</summary>
    /// <param name="t">The transaction.</param>
    /// <param name="approval">The approval, as it was stored.</param>
    /// <param name="title">The gate's title.</param>
    /// <param name="now">When.</param>
    public static void TellApprovalWaits(this JournalTables t, Approval approval, string title, DateTimeOffset now)
    {
        if (approval.Status == ApprovalStatus.Pending) TellReviewers(t, new Waiting(approval.Id, approval.WorkspaceId, approval.RunKey, approval.SortPath, approval.Request, approval.CreatedAt), title, false, now);
    }

    /// <summary>An approval's time has passed: tells everybody who may decide it now.</summary>
    public static void TellApprovalOverdue(this JournalTables t, Guid approval, string title, DateTimeOffset now)
    {
        foreach (var waiting in t.Of("SELECT Id, WorkspaceId, RunKey, SortPath, Request, OverdueAt FROM Approvals WHERE Id = @1 AND Status = 0")
                     .Rows(x => new Waiting(x.Id(0), x.GetInt32(1), x.GetInt64(2), x.GetString(3), x.GetString(4), x.TimeOrNull(5) ?? now), approval))
            TellReviewers(t, waiting, title, true, now);
    }

    /// <summary>All sending was paused: tells everybody else who may let it go on.</summary>
    public static void TellSendingPaused(this JournalTables t, Actor actor, DateTimeOffset now)
    {
        var notice = new NoticeDraft(NoticeKind.SendingPaused, "sending", "Sending", $"{actor.Name} paused sending. Mail of pipelines waits until somebody lets it go on.", "/outbox") { Since = now };
        foreach (var person in t.Of("SELECT UserId FROM Members WHERE WorkspaceId = @1 AND (Role = 2 OR (Rights & 2) = 2) AND UserId IS NOT @2").Rows(x => x.Id(0), actor.Workspace, actor.Person)) Put(t, actor.Workspace, person, notice, now);
    }

    /// <summary>
    /// A schedule's slot could not be started, or its run failed: tells its owner, or every administrator where the owner has left or there is none. One notice an hour
    /// and schedule at most leaves; the next one says how many more there were.
    /// </summary>
    /// <param name="t">The transaction.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="scheduleKey">The schedule's number.</param>
    /// <param name="scheduleId">Its id.</param>
    /// <param name="pipelineName">What it runs.</param>
    /// <param name="ownerId">Who owns it.</param>
    /// <param name="slot">The scheduled time.</param>
    /// <param name="sentence">What happened, in a sentence of our own: a mail must not hold what a run worked on.</param>
    /// <param name="now">When.</param>
    public static void TellScheduleFailed(this JournalTables t, int workspace, int scheduleKey, Guid scheduleId, string pipelineName, Guid? ownerId, DateTimeOffset slot, string sentence, DateTimeOffset now)
    {
        var at = slot.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture);
        var notice = new NoticeDraft(NoticeKind.ScheduleFailed, string.Create(CultureInfo.InvariantCulture, $"schedule {scheduleKey}"), pipelineName, $"{sentence} It was scheduled for {at} UTC.", $"/schedules/{scheduleId}") { Since = now, Rest = ScheduleRest };
        if (ownerId is { } owner && t.Of("SELECT 1 FROM Members WHERE WorkspaceId = @1 AND UserId = @2").Scalar(workspace, owner) is not null) Put(t, workspace, owner, notice, now);
        else
            foreach (var administrator in t.Of("SELECT UserId FROM Members WHERE WorkspaceId = @1 AND Role = 2").Rows(x => x.Id(0), workspace)) Put(t, workspace, administrator, notice with { AsAdministrator = true }, now);
    }

    /// <summary>A run failed: where a schedule made it, its owner is told. The error's own words stay out of the mail, since they may quote what the run worked on.</summary>
    public static void TellRunFailed(this JournalTables t, long run, string? code, string? step, DateTimeOffset now)
    {
        if (t.Of("SELECT ScheduleKey FROM Runs WHERE Key = @1").Scalar(run) is not long schedule) return;
        var found = t.Of("SELECT s.WorkspaceId, s.Key, s.Id, s.OwnerId, r.Slot, p.Name FROM Runs r JOIN Schedules s ON s.Key = @2 JOIN Pipelines p ON p.Key = r.PipelineKey WHERE r.Key = @1")
            .Rows(x => (Workspace: x.GetInt32(0), Key: x.GetInt32(1), Id: x.Id(2), Owner: x.IdOrNull(3), Slot: x.TimeOrNull(4), Pipeline: x.GetString(5)), run, schedule);
        foreach (var x in found)
            t.TellScheduleFailed(x.Workspace, x.Key, x.Id, x.Pipeline, x.Owner, x.Slot ?? now, $"A run failed{(step is null ? "" : $" at the step '{step}'")}{(code is null ? "" : $" ({code})")}.", now);
    }

    private static void TellReviewers(JournalTables t, Waiting waiting, string title, bool isOverdue, DateTimeOffset now)
    {
        var runs = t.Of("SELECT r.StarterId, r.Try, p.Name FROM Runs r JOIN Pipelines p ON p.Key = r.PipelineKey WHERE r.Key = @1").Rows(x => (Starter: x.IdOrNull(0), Try: x.GetInt32(1) != 0, Pipeline: x.GetString(2)), waiting.Run);
        if (runs is not [{ Try: false } run, ..]) return; // whoever tries looks at it anyway, and nobody else decides
        var (request, (node, round)) = (ApprovalRequests.Read(waiting.Request), StepPath.LastOf(waiting.SortPath));
        var topic = string.Create(CultureInfo.InvariantCulture, $"{(isOverdue ? "overdue" : "approval")} {waiting.Run} {node} {round}");
        var notice = new NoticeDraft(NoticeKind.ApprovalWaits, topic, run.Pipeline, title, $"/approvals/{waiting.Approval}") { Gate = (waiting.Run, node, round), Overdue = isOverdue, Since = waiting.Since, Rest = GateRest };
        var reviewers = t.Of("SELECT m.UserId, u.Email, m.Rights FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE m.WorkspaceId = @1 AND (m.Rights & 1) = 1")
            .Rows(x => new Actor(waiting.Workspace, x.GetString(1), x.Id(0)) { Rights = (Rights)x.GetInt32(2) }, waiting.Workspace);
        foreach (var reviewer in reviewers)
            if (DecisionRights.Refuse(request, isOverdue, run.Starter, false, reviewer, () => [.. reviewers.Where(x => x != reviewer).Select(x => x.Name)]) is null) Put(t, waiting.Workspace, reviewer.Person!.Value, notice, now);
    }

    private static void Put(JournalTables t, int workspace, Guid person, NoticeDraft draft, DateTimeOffset now)
    {
        if (t.Of("UPDATE Notices SET Count = Count + 1, Text = @4 WHERE Id = (SELECT MAX(Id) FROM Notices WHERE WorkspaceId = @1 AND PersonId = @2 AND Topic = @3 AND Status = 0)")
                .Run(workspace, person, draft.Topic, NoticeDraft.Line(draft.Text, NoticeDraft.MostText)) > 0) return;
        var choice = t.Of("SELECT Delivery FROM NoticeChoices WHERE WorkspaceId = @1 AND PersonId = @2 AND Kind = @3").Scalar(workspace, person, draft.Kind) is long chosen ? (NoticeDelivery)chosen : NoticeDelivery.Each;
        var digest = t.Of("SELECT Hour, TimeZone FROM NoticeDigests WHERE WorkspaceId = @1 AND PersonId = @2").Rows(x => (x.GetInt32(0), x.GetString(1)), workspace, person);
        DateTimeOffset? last = t.Of("SELECT MAX(ClaimedAt) FROM Notices WHERE WorkspaceId = @1 AND PersonId = @2 AND Topic = @3 AND Status IN (1, 2, 4)").Scalar(workspace, person, draft.Topic) is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
        if (draft.For(workspace, person, choice, digest is [var own, ..] ? own : (NoticeDigest.UsualHour, "UTC"), last, now) is not { } x) return;
        t.Of("""
            INSERT INTO Notices (Id, WorkspaceId, PersonId, Kind, Topic, Subject, Text, Path, Count, AsAdministrator, RunKey, Node, Round, Overdue, Since, Daily, Status, CreatedAt, DueAt, NextTryAt, Attempts)
            VALUES (@1, @2, @3, @4, @5, @6, @7, @8, 1, @9, @10, @11, @12, @13, @14, @15, 0, @16, @17, @18, 0)
            """).Run(x.Id, x.WorkspaceId, x.PersonId, x.Kind, x.Topic, x.Subject, x.Text, x.Path, x.AsAdministrator, x.RunKey, x.Node, x.Round, x.Overdue, x.Since, x.Daily, x.CreatedAt, x.DueAt, x.NextTryAt);
    }

    private sealed record Waiting(Guid Approval, int Workspace, long Run, string SortPath, string Request, DateTimeOffset Since);
}
