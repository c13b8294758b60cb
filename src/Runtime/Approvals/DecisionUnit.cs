using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>A decision, or its undoing, as one unit inside the journal's transaction.</summary>
internal sealed class DecisionUnit(JournalTables t, Actor actor, DateTimeOffset now)
{
    /// <summary>Judges and stores a decision.</summary>
    public DecisionMade Decide(Guid id, Decision decision)
    {
        if (Find(id) is not { } row) return new DecisionMade(new Refusal("not_found", "There is no such approval."));
        if (Refuse(row, decision) is { } refusal) return new DecisionMade(refusal);
        var edited = decision.Edited?.GetRawText();
        if (edited is not null && edited == row.Content) edited = null;
        DateTimeOffset? release = decision.ReleaseAfterSeconds > 0 ? now.AddSeconds(decision.ReleaseAfterSeconds) : null;
        if (edited is not null)
        {
            t.Of("UPDATE ApprovalDecisions SET Counts = 0 WHERE ApprovalId = @1").Run(id);
            t.Of("UPDATE Approvals SET OriginalContent = COALESCE(OriginalContent, Content), Content = @2, ContentHash = @3 WHERE Id = @1").Run(id, edited, StepOutcome.HashOf(edited));
        }
        t.Add(new ApprovalDecision
        {
            WorkspaceId = actor.Workspace, ApprovalId = id, Decision = decision.Verb, DecidedBy = actor.Name, UserId = actor.Person, At = now,
            ContentHash = edited is null ? row.Hash : StepOutcome.HashOf(edited), Edited = edited, Comment = decision.Comment, ContentBefore = edited is null ? null : row.Content,
            Counts = true, ReleaseAt = release,
        });
        ApprovalStatus? end = decision.Verb switch
        {
            "reject" => ApprovalStatus.Rejected,
            "requestChanges" => ApprovalStatus.ChangesRequested,
            _ => Approvals(id) >= row.Required ? ApprovalStatus.Approved : null,
        };
        Audit(AuditActions.ApprovalDecided, row, end ?? row.Status, edited is null ? row.Hash : StepOutcome.HashOf(edited), decision.Verb, decision.Comment);
        if (end is not { } status) return new DecisionMade(null, row.RunId);
        var last = t.Of("SELECT MAX(ReleaseAt) FROM ApprovalDecisions WHERE ApprovalId = @1 AND UndoneAt IS NULL AND Counts = 1 AND ReleaseAt > @2").Scalar(id, now);
        DateTimeOffset? releaseAt = last is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
        t.Of("UPDATE Approvals SET Status = @2, ReleaseAt = @3 WHERE Id = @1").Run(id, status, releaseAt);
        if (releaseAt is null) return new DecisionMade(null, row.RunId, Wake(row));
        t.Of("UPDATE Runs SET WakeAt = MIN(COALESCE(WakeAt, @2), @2) WHERE Key = @1 AND Status = 2").Run(row.Run, releaseAt);
        return new DecisionMade(null, row.RunId, null, releaseAt);
    }

    /// <summary>Takes the person's newest standing decision back, an edit with it.</summary>
    public DecisionMade Undo(Guid id)
    {
        if (Find(id) is not { } row) return new DecisionMade(new Refusal("not_found", "There is no such approval."));
        if (row.RunStatus > RunStatus.Waiting)
            return new DecisionMade(row.RunStatus == RunStatus.Cancelled ? RunOver(row) : new Refusal("run_over", $"This decision has taken effect already and can no longer be undone: its run is over ({row.RunStatus})."));
        var mine = t.Of("SELECT Key, ReleaseAt, ContentBefore FROM ApprovalDecisions WHERE ApprovalId = @1 AND UserId = @2 AND UndoneAt IS NULL ORDER BY Key DESC LIMIT 1")
            .Rows(x => (Key: x.GetInt64(0), Release: x.TimeOrNull(1), Before: x.TextOrNull(2)), id, actor.Person);
        if (mine.Count == 0) return new DecisionMade(new Refusal("not_found", "You have not decided this approval; there is nothing of yours to undo."));
        if (row.Settled || mine[0].Release is not { } release || release <= now)
            return new DecisionMade(new Refusal("released", "This decision has taken effect already and can no longer be undone."));
        t.Of("UPDATE ApprovalDecisions SET UndoneAt = @2, Counts = 0 WHERE Key = @1").Run(mine[0].Key, now);
        Audit(AuditActions.ApprovalUndone, row, ApprovalStatus.Pending, mine[0].Before is { } was ? StepOutcome.HashOf(was) : row.Hash, null, null);
        if (mine[0].Before is { } before)
        {
            var hash = StepOutcome.HashOf(before);
            t.Of("UPDATE Approvals SET Content = @2, ContentHash = @3 WHERE Id = @1").Run(id, before, hash);
            t.Of("UPDATE ApprovalDecisions SET Counts = 1 WHERE ApprovalId = @1 AND UndoneAt IS NULL AND ContentHash = @2").Run(id, hash);
        }
        t.Of("UPDATE Approvals SET Status = 0, ReleaseAt = NULL WHERE Id = @1").Run(id);
        return new DecisionMade(null, row.RunId);
    }

    private void Audit(string action, Row row, ApprovalStatus status, string hash, string? decision, string? comment) => t.Audit(actor, action, (row.Id, StepPath.ToReadable(row.SortPath)),
        new { run = row.RunId, status = row.Status.ToString(), contentHash = row.Hash }, new { run = row.RunId, status = status.ToString(), contentHash = hash, decision, comment }, now);

    private Refusal? Refuse(Row row, Decision decision)
    {
        if (row.RunStatus > RunStatus.Waiting) return RunOver(row);
        if (row.Status != ApprovalStatus.Pending) return new Refusal("already_decided", AlreadyDecided(row));
        if (MayNot(row) is { } refusal) return refusal;
        if (!string.Equals(row.Hash, decision.ContentHash, StringComparison.OrdinalIgnoreCase))
            return new Refusal("content_changed", "The content has changed since you opened it. Load the approval again, look at what changed, and decide then.");
        if (t.Of("SELECT 1 FROM ApprovalDecisions WHERE ApprovalId = @1 AND UserId = @2 AND UndoneAt IS NULL AND Counts = 1").Scalar(row.Id, actor.Person) is not null)
            return new Refusal("already_decided", "You have decided this approval already; it waits for the others.");
        return decision.Verb switch
        {
            "reject" when string.IsNullOrWhiteSpace(decision.Comment) => new Refusal("comment_required", "A rejection wants a comment that says why."),
            "requestChanges" when row.Request.Revise is null => new Refusal("changes_not_offered", "This gate does not offer asking for changes. Edit the content, approve or reject it."),
            "requestChanges" when row.ReviseRound >= row.Request.MaxRounds =>
                new Refusal("changes_not_offered", $"This was round {row.ReviseRound} of {row.Request.MaxRounds}. Edit the content, approve or reject it."),
            "approve" when decision.Edited is not null && !row.Request.Editable => new Refusal("edit_invalid", "This gate does not allow editing. Approve or reject the content as it is."),
            _ => null,
        };
    }

    /// <summary>The right to decide, as it is at this moment.</summary>
    private Refusal? MayNot(Row row)
    {
        var member = t.Of("SELECT Rights FROM Members WHERE WorkspaceId = @1 AND UserId = @2").Scalar(actor.Workspace, actor.Person);
        if (member is not long rights) return new Refusal("forbidden", "You are not a member of this workspace.");
        return DecisionRights.Refuse(row.Request, row.Overdue, row.Starter, row.Try, actor with { Rights = (Rights)rights }, OtherReviewers);
    }

    private List<string> OtherReviewers() => t.Of("SELECT u.Email FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE m.WorkspaceId = @1 AND m.UserId <> @2 AND (m.Rights & 1) = 1")
        .Rows(x => x.GetString(0), actor.Workspace, actor.Person);

    private long Approvals(Guid id) =>
        t.Number("SELECT COUNT(*) FROM ApprovalDecisions WHERE ApprovalId = @1 AND Decision = 'approve' AND UndoneAt IS NULL AND Counts = 1", id);

    private QueuedRun? Wake(Row row)
    {
        var woken = t.Of($"UPDATE Runs SET Status = 0, WaitingFor = 0, WakeAt = NULL WHERE Key = @1 AND Status = 2 RETURNING {QueuedRun.Columns}").Rows(QueuedRun.Read, row.Run);
        if (woken.Count == 0) return null;
        t.Event(actor.Workspace, row.Run, now, RunStatus.Queued, "decided", actor.Name);
        return woken[0];
    }

    private static Refusal RunOver(Row row) => new("run_over", $"The run of this approval is over ({row.RunStatus}); nothing more follows from a decision.");

    private string AlreadyDecided(Row row)
    {
        var last = t.Of("SELECT DecidedBy, At FROM ApprovalDecisions WHERE ApprovalId = @1 AND UndoneAt IS NULL ORDER BY Key DESC LIMIT 1")
            .Rows(x => (By: x.GetString(0), At: x.Time(1)), row.Id);
        return last.Count == 0 ? $"This approval is {row.Status} already." : $"Already decided ({row.Status}) by {last[0].By} at {last[0].At:yyyy-MM-dd HH:mm:ss} UTC.";
    }

    private Row? Find(Guid id) => t.Of("""
        SELECT a.Id, a.RunKey, a.Status, a.Settled, a.Required, a.ReviseRound, a.ContentHash, a.Content, a.Request, a.OverdueAt, r.Id, r.Status, r.StarterId, r.Try, a.SortPath
        FROM Approvals a JOIN Runs r ON r.Key = a.RunKey WHERE a.Id = @1 AND a.WorkspaceId = @2
        """).Rows(x => new Row(x.Id(0), x.GetInt64(1), (ApprovalStatus)x.GetInt32(2), x.GetInt32(3) != 0, x.GetInt32(4), x.GetInt32(5), x.GetString(6), x.GetString(7),
        ApprovalRequests.Read(x.GetString(8)), !x.IsDBNull(9), x.Id(10), (RunStatus)x.GetInt32(11), x.IdOrNull(12), x.GetInt32(13) != 0, x.GetString(14)),
        id, actor.Workspace).FirstOrDefault();

    private sealed record Row(
        Guid Id, long Run, ApprovalStatus Status, bool Settled, int Required, int ReviseRound, string Hash, string Content, ApprovalRequest Request, bool Overdue, Guid RunId,
        RunStatus RunStatus, Guid? Starter, bool Try, string SortPath);
}
