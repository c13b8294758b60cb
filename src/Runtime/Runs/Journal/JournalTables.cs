using System.Data.Common;
using System.Globalization;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>The statements that units of the journal are made of. All run inside the writer's transaction, on its thread.</summary>
internal sealed class JournalTables : IDisposable
{
    private readonly DbConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private long _lastRun;
    private long _lastCall;
    private long _lastDecision;

    public JournalTables(DbConnection connection)
    {
        _connection = connection;
        _lastRun = Number("SELECT MAX(Key) FROM Runs");
        _lastCall = Number("SELECT MAX(Key) FROM ModelCalls");
        _lastDecision = Number("SELECT MAX(Key) FROM ApprovalDecisions");
    }

    public void Begin() => Of("BEGIN IMMEDIATE").Run();

    public void Commit() => Of("COMMIT").Run();

    public void RollBack()
    {
        try
        {
            Of("ROLLBACK").Run();
        }
        catch (DbException)
        {
            // SQLite has rolled back by itself after some errors (full disk, lost file); there is nothing left to undo.
        }
    }

    /// <summary>The prepared statement of that text; its parameters are <c>@1</c> and so on.</summary>
    public Statement Of(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new Statement(_connection, sql, CountParameters(sql)));
        return statement;
    }

    /// <summary>A number from a query that takes no parameters or those given.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> values) => Convert.ToInt64(Of(sql).Scalar(values) ?? 0L, CultureInfo.InvariantCulture);

    /// <summary>True while nobody has taken the run over from the owner of that fence.</summary>
    public bool IsOwned(long run, long fence) =>
        Of("SELECT 1 FROM Runs WHERE Key = @1 AND Fence = @2 AND Status = 1").Scalar(run, fence) is not null;

    /// <summary>Raises a run's totals by what each commit adds, so they always equal the sum over its calls.</summary>
    public void Spend(long run, IReadOnlyList<ModelCall> calls)
    {
        var (input, output, cost) = Sum(calls);
        Of("UPDATE Runs SET InputTokens = InputTokens + @2, OutputTokens = OutputTokens + @3, Cost = Cost + @4 WHERE Key = @1").Run(run, input, output, cost);
    }

    /// <summary>The same for its owner alone; the answer is that of <see cref="IsOwned"/>.</summary>
    public bool SpendAsOwner(long run, long fence, IReadOnlyList<ModelCall> calls)
    {
        var (input, output, cost) = Sum(calls);
        return Of("UPDATE Runs SET InputTokens = InputTokens + @3, OutputTokens = OutputTokens + @4, Cost = Cost + @5 WHERE Key = @1 AND Fence = @2 AND Status = 1")
            .Run(run, fence, input, output, cost) == 1;
    }

    public long NextRun() => ++_lastRun;

    public long NextCall() => ++_lastCall;

    public long NextDecision() => ++_lastDecision;

    /// <summary>Appends to the run's history; the seq comes from the run's row, so it has no gaps.</summary>
    public void Event(int workspace, long run, DateTimeOffset at, RunStatus status, string reason, string? actor = null)
    {
        Of("UPDATE Runs SET LastEvent = LastEvent + 1 WHERE Key = @1").Run(run);
        Of("INSERT INTO RunEvents (WorkspaceId, RunKey, Seq, At, Status, Reason, Actor) SELECT @1, @2, LastEvent, @3, @4, @5, @6 FROM Runs WHERE Key = @2")
            .Run(workspace, run, at, status, reason, actor);
    }

    /// <summary>Inserts or replaces a step's row; a row that has succeeded or was skipped stays as it is.</summary>
    public void Put(Step x) => Of("""
        INSERT INTO Steps (RunKey, SortPath, WorkspaceId, Status, Port, Attempts, StartedAt, FinishedAt, WaitUntil, ErrorCode, ErrorMessage, Feedback, OutputSource, AnswerCall, Output)
        VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15)
        ON CONFLICT (RunKey, SortPath) DO UPDATE SET Status = excluded.Status, Port = excluded.Port, Attempts = excluded.Attempts,
            StartedAt = excluded.StartedAt, FinishedAt = excluded.FinishedAt, WaitUntil = excluded.WaitUntil, ErrorCode = excluded.ErrorCode,
            ErrorMessage = excluded.ErrorMessage, Feedback = excluded.Feedback, OutputSource = excluded.OutputSource, AnswerCall = excluded.AnswerCall, Output = excluded.Output
        WHERE Steps.Status NOT IN (3, 5)
        """).Run(x.RunKey, x.SortPath, x.WorkspaceId, x.Status, x.Port, x.Attempts, x.StartedAt, x.FinishedAt, x.WaitUntil, x.ErrorCode, x.ErrorMessage,
        x.Feedback, x.OutputSource, x.AnswerCall, x.Output);

    /// <summary>Appends a call to the log and gives it its number.</summary>
    public void Add(ModelCall x)
    {
        x.Key = NextCall();
        Of("""
            INSERT INTO ModelCalls (Key, WorkspaceId, PipelineKey, RunKey, SortPath, Fence, N, Attempt, Status, Model, StartedAt, DurationMs, InputTokens, CachedTokens,
                OutputTokens, Cost, ErrorCode, ErrorMessage, Prompt, Response)
            VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15, @16, @17, @18, @19, @20)
            """).Run(x.Key, x.WorkspaceId, x.PipelineKey, x.RunKey, x.SortPath, x.Fence, x.N, x.Attempt, x.Status, x.Model, x.StartedAt, x.DurationMs, x.InputTokens,
            x.CachedTokens, x.OutputTokens, x.Cost, x.ErrorCode, x.ErrorMessage, x.Prompt, x.Response);
    }

    /// <summary>Opens an approval.</summary>
    public void Add(Approval x) => Of("""
        INSERT INTO Approvals (Id, WorkspaceId, RunKey, SortPath, Round, ReviseRound, Status, Settled, Required, Request, ContentHash, CreatedAt, DueAt, ReleaseAt, Content, Context)
        VALUES (@1, @2, @3, @4, @5, 1 + (SELECT COUNT(*) FROM Approvals WHERE RunKey = @3 AND Status = 3 AND (SortPath = @15 OR SortPath LIKE @15 || '~%')),
            @6, @7, @8, @9, @10, @11, @12, @13, @14, @16)
        """).Run(x.Id, x.WorkspaceId, x.RunKey, x.SortPath, x.Round, x.Status, x.Settled, x.Required, x.Request, x.ContentHash, x.CreatedAt, x.DueAt, x.ReleaseAt,
        x.Content, StepPath.FirstRoundOf(x.SortPath), x.Context);

    /// <summary>Puts a mail into the outbox. One of the same step that was sent, or may have been, stays: its step takes over where it stands.</summary>
    public void Add(Mail x)
    {
        if (Of("UPDATE Mails SET TakenOver = 0 WHERE RunKey = @1 AND SortPath = @2 AND Status IN (0, 1, 2, 4)").Run(x.RunKey, x.SortPath) > 0) return;
        Of("""
            INSERT OR REPLACE INTO Mails (Id, WorkspaceId, PipelineKey, RunKey, SortPath, Status, TakenOver, MessageId, "From", "To", Cc, Subject, Text, Html, ContentHash, Gates, Retry,
                CreatedAt, NextTryAt, Attempts, FinishedAt, Code, Answer)
            VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15, @16, @17, @18, @19, 0, @20, @21, @22)
            """).Run(x.Id, x.WorkspaceId, x.PipelineKey, x.RunKey, x.SortPath, x.Status, x.TakenOver, x.MessageId, x.From, x.To, x.Cc, x.Subject, x.Text, x.Html, x.ContentHash, x.Gates,
            x.Retry, x.CreatedAt, x.NextTryAt, x.FinishedAt, x.Code, x.Answer);
    }

    /// <summary>Records a decision and gives it its number.</summary>
    public void Add(ApprovalDecision x)
    {
        x.Key = NextDecision();
        Of("""
            INSERT INTO ApprovalDecisions (Key, WorkspaceId, ApprovalId, Decision, DecidedBy, UserId, At, ContentHash, Edited, Comment, ContentBefore, Counts, ReleaseAt)
            VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13)
            """).Run(x.Key, x.WorkspaceId, x.ApprovalId, x.Decision, x.DecidedBy, x.UserId, x.At, x.ContentHash, x.Edited, x.Comment, x.ContentBefore, x.Counts, x.ReleaseAt);
    }

    /// <summary>Withdraws what is open, or decided but not yet taken over, in a part of a run: the steps whose sorting path begins with <paramref name="under"/>. Mails that nobody has begun to send are not sent.</summary>
    public void Withdraw(long run, string under)
    {
        Of("UPDATE Approvals SET Status = 5, Settled = 1, ReleaseAt = NULL WHERE RunKey = @1 AND Settled = 0 AND substr(SortPath, 1, @2) = @3").Run(run, under.Length, under);
        Of("UPDATE Mails SET Status = 5, TakenOver = 5, NextTryAt = NULL, Answer = 'Its run stopped before it was sent.' WHERE RunKey = @1 AND Status = 0 AND substr(SortPath, 1, @2) = @3").Run(run, under.Length, under);
    }

    /// <summary>Withdraws what is open, or held, in a whole run. What was decided stands: steps after it may have been asked for already, and a retry takes it over.</summary>
    public void WithdrawUndecided(long run, DateTimeOffset now) =>
        Of("UPDATE Approvals SET Status = 5, Settled = 1, ReleaseAt = NULL WHERE RunKey = @1 AND Settled = 0 AND (Status = 0 OR ReleaseAt > @2)").Run(run, now);

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
    }

    private static (long Input, long Output, long Cost) Sum(IReadOnlyList<ModelCall> calls)
    {
        long input = 0, output = 0, cost = 0;
        foreach (var call in calls)
        {
            input += call.InputTokens;
            output += call.OutputTokens;
            cost += PicoMoney.ToPico(call.Cost ?? 0m);
        }
        return (input, output, cost);
    }

    private static int CountParameters(string sql)
    {
        var most = 0;
        for (var i = 0; i < sql.Length - 1; i++)
        {
            if (sql[i] != '@' || !char.IsAsciiDigit(sql[i + 1])) continue;
            var end = i + 1;
            while (end < sql.Length && char.IsAsciiDigit(sql[end])) end++;
            most = Math.Max(most, int.Parse(sql.AsSpan(i + 1, end - i - 1), CultureInfo.InvariantCulture));
        }
        return most;
    }
}
