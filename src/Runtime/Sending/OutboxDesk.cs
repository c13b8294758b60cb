using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Sending;

/// <summary>What a person says of a send of which nobody knows whether it arrived.</summary>
public enum Resolution
{
    /// <summary>It arrived.</summary>
    Sent,

    /// <summary>It did not; send it once more, under the same Message-ID.</summary>
    SendAgain,

    /// <summary>Do not send it; its step fails.</summary>
    GiveUp,
}

/// <summary>What people do with the outbox: say what became of uncertain mails, pause all sending, let it go on.</summary>
public sealed class OutboxDesk
{
    private readonly JournalWriter _writer;
    private readonly RunDispatcher _runs;
    private readonly RunFeed _feed;
    private readonly OutboxSignal _signal;
    private readonly TimeProvider _clock;

    internal OutboxDesk(JournalWriter writer, RunDispatcher runs, RunFeed feed, OutboxSignal signal, TimeProvider clock) =>
        (_writer, _runs, _feed, _signal, _clock) = (writer, runs, feed, signal, clock);

    /// <summary>Resolves an uncertain mail. The answer is the run's id.</summary>
    public Task<Answer<Guid>> ResolveAsync(Guid mail, Resolution resolution, Actor actor, CancellationToken cancel) =>
        ResolveAsync(t => t.Of("SELECT Id FROM Mails WHERE Id = @1 AND WorkspaceId = @2").Rows(x => x.Id(0), mail, actor.Workspace), "There is no such mail.", resolution, actor, cancel);

    /// <summary>The same by the run and the step's path.</summary>
    public Task<Answer<Guid>> ResolveAsync(Guid run, string path, Resolution resolution, Actor actor, CancellationToken cancel) =>
        ResolveAsync(t => [.. t.Of("SELECT m.Id, m.SortPath FROM Mails m JOIN Runs r ON r.Key = m.RunKey WHERE r.Id = @1 AND r.WorkspaceId = @2").Rows(x => (Id: x.Id(0), Path: x.GetString(1)), run, actor.Workspace)
            .Where(x => StepPath.ToReadable(x.Path) == path).Select(x => x.Id)], $"That run has no send '{path}'.", resolution, actor, cancel);

    /// <summary>Nothing is sent from now on; what would be waits.</summary>
    public Task<Answer<bool>> PauseAsync(Actor actor, CancellationToken cancel) => SwitchAsync(true, actor, cancel);

    /// <summary>Sending goes on, with what waited.</summary>
    public Task<Answer<bool>> ResumeAsync(Actor actor, CancellationToken cancel) => SwitchAsync(false, actor, cancel);

    private async Task<Answer<bool>> SwitchAsync(bool pause, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Operate) is { } denied) return denied;
        cancel.ThrowIfCancellationRequested();
        var now = _clock.GetUtcNow();
        var changed = await _writer.WriteAsync(t =>
        {
            var sql = pause ? "UPDATE Workspaces SET SendingPausedAt = @2, SendingPausedBy = @3 WHERE Id = @1 AND SendingPausedAt IS NULL" : "UPDATE Workspaces SET SendingPausedAt = NULL, SendingPausedBy = NULL WHERE Id = @1 AND SendingPausedAt IS NOT NULL";
            if ((pause ? t.Of(sql).Run(actor.Workspace, now, actor.Name) : t.Of(sql).Run(actor.Workspace)) == 0) return false;
            t.Audit(actor, pause ? AuditActions.SendingPaused : AuditActions.SendingResumed, (actor.Workspace, "Sending"), new { paused = !pause }, new { paused = pause }, now);
            if (pause) t.TellSendingPaused(actor, now);
            return true;
        });
        _signal.Raise();
        _feed.Changed(Guid.Empty);
        return changed;
    }

    private async Task<Answer<Guid>> ResolveAsync(Func<JournalTables, List<Guid>> find, string none, Resolution resolution, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Operate) is { } denied) return denied;
        cancel.ThrowIfCancellationRequested();
        var now = _clock.GetUtcNow();
        var moved = await _writer.WriteAsync<Answer<MailMoved>>(t =>
        {
            if (find(t) is not [var id, ..]) return new Refusal("not_found", none);
            var mail = t.Of("SELECT m.RunKey, m.Status, m.SortPath, r.Id, r.Status, m.Subject FROM Mails m JOIN Runs r ON r.Key = m.RunKey WHERE m.Id = @1")
                .Rows(x => (Run: x.GetInt64(0), Status: (MailStatus)x.GetInt32(1), Path: x.GetString(2), RunId: x.Id(3), RunStatus: x.GetInt32(4), Subject: x.GetString(5)), id)[0];
            if (mail.Status != MailStatus.Uncertain) return new Refusal("already_decided", $"This mail is {mail.Status}; only an uncertain one has to be resolved.");
            if (mail.RunStatus > 2 && resolution == Resolution.SendAgain) return new Refusal("run_over", "The run of this mail is over; nothing more is sent for it.");
            var (status, answer) = resolution switch
            {
                Resolution.Sent => (MailStatus.Sent, $"{actor.Name} says that it arrived."),
                Resolution.SendAgain => (MailStatus.Waiting, $"{actor.Name} has it sent again."),
                _ => (MailStatus.Failed, $"{actor.Name} gave it up."),
            };
            t.Of("UPDATE Mails SET Status = @2, Answer = @3, ResolvedBy = @4, NextTryAt = @5, FinishedAt = @6, Attempts = CASE @2 WHEN 0 THEN 0 ELSE Attempts END WHERE Id = @1")
                .Run(id, status, answer, actor.Name, status == MailStatus.Waiting ? now : null, status == MailStatus.Waiting ? null : now);
            t.Audit(actor, AuditActions.MailResolved, (id, mail.Subject), new { run = mail.RunId, step = StepPath.ToReadable(mail.Path), status = mail.Status.ToString() }, new { status = status.ToString() }, now);
            return new MailMoved(mail.RunId, MailUnits.Wake(t, mail.Run, actor.Workspace, now, "resolved", actor.Name));
        });
        if (moved.Refusal is { } refusal) return refusal;
        if (moved.Value!.Woken is { } run) await _runs.EnqueueAsync(run, CancellationToken.None);
        else _runs.Wake(moved.Value.Run);
        _signal.Raise();
        _feed.Changed(moved.Value.Run);
        return moved.Value.Run;
    }
}
