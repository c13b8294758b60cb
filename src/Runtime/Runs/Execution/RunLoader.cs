using System.Text.Json;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Files;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>Reads a run's rows for its owner. Outside containers with outputs; inside, outputs come when an iteration is taken up.</summary>
internal sealed class RunLoader(ReadConnections connections, FileFolder folder)
{
    private const string Columns = "SortPath, Status, Port, Attempts, StartedAt, WaitUntil, ErrorCode, ErrorMessage, Feedback";

    // In some rows of a finished run the output is the run's own; while it runs it is not needed.
    private const string Output = "CASE WHEN OutputSource = 1 THEN Output WHEN OutputSource IN (4, 5) THEN (SELECT Response FROM ModelCalls WHERE Key = AnswerCall) END";

    /// <summary>The state of a run as its rows say.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="isFresh">Nobody owned it before and it is no try: it has one row, its input's, and needs no look.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<(RunState State, RestoredRows Restored)> LoadAsync(OwnedRun run, RunPlan plan, bool isFresh, CancellationToken cancel)
    {
        var inputs = JsonSerializer.Deserialize<JsonElement>(run.Inputs);
        var state = RunInputs.FileInputs(plan).Any() ? new RunState(run, plan, inputs) { Given = await WithFilesAsync(run, plan, inputs, cancel) } : new RunState(run, plan, inputs);
        var restored = new RestoredRows();
        var input = state.Root.Steps[plan.Input.Rank];
        if (isFresh)
        {
            input.Status = StepStatus.Succeeded;
            input.Port = "out";
            input.Output = inputs;
            return (state, restored);
        }
        var outside = new List<StepRow>();
        foreach (var row in await connections.ReadAsync(
                     $"SELECT {Columns}, OutputSource, CASE WHEN instr(SortPath, '/') = 0 THEN {Output} END FROM Steps WHERE RunKey = @1 ORDER BY SortPath",
                     ReadStep, cancel, run.Key))
        {
            if (row.SortPath.Contains('/', StringComparison.Ordinal)) restored.Add(row);
            else outside.Add(row);
        }
        RestoredRows.Fill(state.Root, outside);
        if (input.Status == StepStatus.Succeeded) input.Output = inputs;
        return (state, restored);
    }

    /// <summary>Fills one iteration's state and outputs.</summary>
    public async Task FillAsync(OwnedRun run, ScopeState scope, CancellationToken cancel) => RestoredRows.Fill(scope, await connections.ReadAsync(
        $"SELECT {Columns}, OutputSource, {Output} FROM Steps WHERE RunKey = @1 AND SortPath >= @2 AND SortPath < @3 AND instr(substr(SortPath, @4), '/') = 0 ORDER BY SortPath",
        ReadStep, cancel, run.Key, scope.Prefix, scope.Prefix[..^1] + '0', scope.Prefix.Length + 1));

    /// <summary>Gates whose decision counts by now and was not taken over yet, and open ones that are overdue.</summary>
    public Task<List<DecidedGate>> GatesToSettleAsync(OwnedRun run, DateTimeOffset now, CancellationToken cancel) => connections.ReadAsync(
        """
        SELECT Id, SortPath, Status, Content, ContentHash, Request,
            (SELECT Comment FROM ApprovalDecisions d WHERE d.ApprovalId = a.Id AND d.UndoneAt IS NULL ORDER BY d.Key DESC LIMIT 1)
        FROM Approvals a WHERE RunKey = @1 AND Settled = 0
            AND ((Status <> 0 AND (ReleaseAt IS NULL OR ReleaseAt <= @2)) OR (Status = 0 AND OverdueAt IS NULL AND DueAt <= @2))
        """,
        x => new DecidedGate(x.Id(0), x.GetString(1), (ApprovalStatus)x.GetInt32(2), x.GetString(3), x.GetString(4),
            ApprovalRequests.Read(x.GetString(5)), x.TextOrNull(6)),
        cancel, run.Key, now);

    /// <summary>Mails whose step has not taken over yet where they stand.</summary>
    public Task<List<SettledMail>> MailsToSettleAsync(OwnedRun run, CancellationToken cancel) => connections.ReadAsync(
        "SELECT Id, SortPath, Status, MessageId, \"To\", Answer FROM Mails WHERE RunKey = @1 AND Status <> TakenOver AND Status <> 1",
        x => new SettledMail(x.Id(0), x.GetString(1), (MailStatus)x.GetInt32(2), x.GetString(3), x.GetString(4), x.TextOrNull(5)), cancel, run.Key);

    /// <summary>The graph that a run is pinned to: a version, or a draft as it was.</summary>
    public async Task<string?> GraphAsync(int pipeline, int? version, int? draftRevision, CancellationToken cancel)
    {
        var found = version is { } number
            ? await connections.ReadAsync("SELECT Graph FROM PipelineVersions WHERE PipelineKey = @1 AND Number = @2", x => x.GetString(0), cancel, pipeline, number)
            : await connections.ReadAsync("SELECT Graph FROM DraftSnapshots WHERE PipelineKey = @1 AND Revision = @2", x => x.GetString(0), cancel, pipeline, draftRevision);
        return found.FirstOrDefault();
    }

    private async Task<Lazy<JsonElement>> WithFilesAsync(OwnedRun run, RunPlan plan, JsonElement inputs, CancellationToken cancel)
    {
        var files = (await connections.ReadAsync("SELECT f.Id, f.Name, f.ContentType, f.Size FROM RunFiles r JOIN StoredFiles f ON f.Id = r.FileId WHERE r.RunKey = @1",
            x => (Id: x.Id(0), Name: x.GetString(1), Type: x.GetString(2), Size: x.GetInt64(3)), cancel, run.Key)).ToDictionary(x => x.Id);
        return new Lazy<JsonElement>(() => RunInputs.Expand(plan, inputs, id => files.TryGetValue(id, out var x) ? FileContent.Read(x.Name, x.Type, x.Size, folder.Of(id)) : null));
    }

    private static StepRow ReadStep(System.Data.IDataRecord x) => new(
        x.GetString(0), (StepStatus)x.GetInt32(1), x.TextOrNull(2), x.GetInt32(3), x.TimeOrNull(4), x.TimeOrNull(5), x.TextOrNull(6), x.TextOrNull(7), x.TextOrNull(8),
        x.IsDBNull(10) ? default
        : (OutputSource)x.GetInt32(9) == OutputSource.AnswerText ? JsonSerializer.SerializeToElement(x.GetString(10))
        : JsonSerializer.Deserialize<JsonElement>(x.GetString(10)));
}

/// <summary>A mail that its step is to take over.</summary>
internal sealed record SettledMail(Guid Id, string SortPath, MailStatus Status, string MessageId, string To, string? Answer);

/// <summary>An approval that its step is to take over.</summary>
internal sealed record DecidedGate(Guid Id, string SortPath, ApprovalStatus Status, string Content, string ContentHash, ApprovalRequest Request, string? Comment);
