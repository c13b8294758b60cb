using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs.Crashes;

/// <summary>Judges an ended experiment from the database and the witness alone: what must hold whatever died in between.</summary>
public static class Checker
{
    private static readonly Dictionary<RunStatus, RunStatus[]> Ways = new()
    {
        [RunStatus.Queued] = [RunStatus.Running, RunStatus.Cancelled],
        [RunStatus.Running] = [RunStatus.Queued, RunStatus.Waiting, RunStatus.Succeeded, RunStatus.Failed, RunStatus.Rejected, RunStatus.Cancelled],
        [RunStatus.Waiting] = [RunStatus.Queued, RunStatus.Cancelled],
        [RunStatus.Succeeded] = [],
        [RunStatus.Failed] = [RunStatus.Queued],
        [RunStatus.Rejected] = [RunStatus.Queued],
        [RunStatus.Cancelled] = [],
    };

    /// <summary>Everything that does not hold, in sentences.</summary>
    public static async Task<IReadOnlyList<string>> JudgeAsync(CrashRun run, Scenario scenario, string? expectedOutputs)
    {
        var wrong = new List<string>();
        var engine = run.Engine;
        await RunsAsync(run, scenario, expectedOutputs, wrong);
        await HistoryAsync(engine, wrong);
        await CallsAsync(run, scenario, wrong);
        await ApprovalsAsync(engine, wrong);
        await GatesAsync(run, wrong);
        await SumsAsync(engine, wrong);
        return wrong;
    }

    /// <summary>R1, R2, R10, R11: one accepted run, over, with the result that an undisturbed one has.</summary>
    private static async Task RunsAsync(CrashRun run, Scenario scenario, string? expectedOutputs, List<string> wrong)
    {
        var rows = await run.Engine.QueryAsync("SELECT Id, Status, Outputs, LeaseOwner FROM Runs");
        if (rows.Count != 1) wrong.Add($"R1: {rows.Count} runs instead of 1");
        var status = ((RunStatus)(long)rows[0][1]!).ToString();
        if (status != scenario.Status) wrong.Add($"R2: the run is {status} instead of {scenario.Status}");
        if (new Guid((byte[])rows[0][0]!, true) != run.Accepted) wrong.Add("R1: the accepted run is another");
        if ((string?)rows[0][2] != expectedOutputs) wrong.Add($"R10: outputs are {rows[0][2]} instead of {expectedOutputs}");
        if (rows[0][3] is not null) wrong.Add("R2: a run that is over still has an owner");
    }

    /// <summary>R6, R11: the history has no gaps and is a way through the states.</summary>
    private static async Task HistoryAsync(EngineHost engine, List<string> wrong)
    {
        var events = await engine.QueryAsync("SELECT Seq, Status, Reason FROM RunEvents ORDER BY Seq");
        var last = (long)(await engine.ScalarAsync("SELECT LastEvent FROM Runs"))!;
        if (events.Count != last) wrong.Add($"R11: {events.Count} events, the run counts {last}");
        for (var i = 0; i < events.Count; i++)
        {
            if ((long)events[i][0]! != i + 1) wrong.Add($"R11: event {i + 1} has seq {events[i][0]}");
            if (i == 0) continue;
            var (from, to) = ((RunStatus)(long)events[i - 1][1]!, (RunStatus)(long)events[i][1]!);
            if (!Ways[from].Contains(to)) wrong.Add($"R6: {from} went to {to} ({events[i][2]})");
        }
    }

    /// <summary>R3, R4, B2, C1: no key twice; what is stored is not asked again; a request without a row belongs to a death; nothing after a cancel.</summary>
    private static async Task CallsAsync(CrashRun run, Scenario scenario, List<string> wrong)
    {
        var witnessed = run.Model.Log.ToList();
        foreach (var twice in witnessed.GroupBy(x => x.CallKey).Where(x => x.Count() > 1)) wrong.Add($"R4: the key {twice.Key} was used {twice.Count()} times");
        var rows = await run.Engine.QueryAsync("SELECT SortPath, Fence, N, Status FROM ModelCalls");
        var logged = rows.Select(x => $"{StepPath.ToReadable((string)x[0]!)}/{x[1]}-{x[2]}").ToHashSet(StringComparer.Ordinal);
        var lost = witnessed.Where(x => !logged.Contains(x.CallKey[(x.CallKey.IndexOf('/', StringComparison.Ordinal) + 1)..])).ToList();
        if (lost.Count > run.Deaths * 4) wrong.Add($"B2: {lost.Count} requests without a row after {run.Deaths} deaths: {string.Join(", ", lost.Select(x => x.CallKey))}");
        foreach (var step in witnessed.GroupBy(x => x.Step))
        {
            var kept = rows.Where(x => StepPath.ToReadable((string)x[0]!) == step.Key).ToList();
            if (step.Count() > kept.Count + run.Deaths * scenario.Attempts) wrong.Add($"R3: {step.Key} was asked {step.Count()} times for {kept.Count} rows and {run.Deaths} deaths");
            if (kept.Count(x => (long)x[3]! == (long)ModelCallStatus.Answered) > 1) wrong.Add($"R3: {step.Key} has more than one answer that counts");
        }
        if (run.CancelledAt is { } cancelled && witnessed.Any(x => x.ReceivedAt > cancelled.AddSeconds(1))) wrong.Add("C1: a call began after the cancel");
    }

    /// <summary>A1, A2: one outcome for each approval; what goes on is what was approved.</summary>
    private static async Task ApprovalsAsync(EngineHost engine, List<string> wrong)
    {
        foreach (var row in await engine.QueryAsync("SELECT SortPath, COUNT(*) FROM Approvals GROUP BY SortPath HAVING COUNT(*) > 1")) wrong.Add($"A1: {row[0]} was opened {row[1]} times");
        foreach (var row in await engine.QueryAsync("""
            SELECT a.SortPath, a.Status, (SELECT COUNT(*) FROM ApprovalDecisions d WHERE d.ApprovalId = a.Id AND d.UndoneAt IS NULL AND d.Counts = 1), a.Settled,
                a.ContentHash, (SELECT MAX(d.ContentHash) FROM ApprovalDecisions d WHERE d.ApprovalId = a.Id AND d.UndoneAt IS NULL AND d.Counts = 1), a.Content,
                (SELECT s.Output FROM Steps s WHERE s.RunKey = a.RunKey AND s.SortPath = a.SortPath)
            FROM Approvals a
            """))
        {
            if ((long)row[1]! is 1 or 2 or 3 && (long)row[2]! != 1) wrong.Add($"A1: {row[0]} has {row[2]} standing decisions");
            if ((long)row[3]! != 1) wrong.Add($"A1: {row[0]} was never taken over");
            if ((long)row[1]! == 1 && (string?)row[4] != (string?)row[5]) wrong.Add($"A2: {row[0]} was approved with another content's hash");
            if ((long)row[1]! == 1 && (string?)row[6] != (string?)row[7]) wrong.Add($"A2: {row[0]} gave on {row[7]} instead of {row[6]}");
        }
    }

    /// <summary>A3, A4: what follows a gate was asked for only after that gate's own approval.</summary>
    private static async Task GatesAsync(CrashRun run, List<string> wrong)
    {
        foreach (var call in run.Model.Log.Where(x => x.Step.EndsWith("send", StringComparison.Ordinal) || x.Step.Contains("send@", StringComparison.Ordinal)))
        {
            var scope = call.Step[..(call.Step.LastIndexOf('/') + 1)];
            var approvals = (await run.Engine.QueryAsync("""
                SELECT a.SortPath, MIN(d.At) FROM Approvals a JOIN ApprovalDecisions d ON d.ApprovalId = a.Id WHERE a.Status = 1 AND d.UndoneAt IS NULL AND d.Counts = 1 GROUP BY a.Id
                """)).Where(x => StepPath.ToReadable((string)x[0]!).StartsWith(scope + "gate", StringComparison.Ordinal)).ToList();
            if (approvals.Count == 0) wrong.Add($"A4: {call.Step} was asked without an approval");
            else if (approvals.Min(x => (long)x[1]!) > (call.ReceivedAt + run.ClockShift).ToUnixTimeMilliseconds()) wrong.Add($"A3: {call.Step} was asked before its approval");
        }
    }

    /// <summary>B1: the run's totals are the sums over its calls.</summary>
    private static async Task SumsAsync(EngineHost engine, List<string> wrong)
    {
        var row = (await engine.QueryAsync("SELECT InputTokens, OutputTokens, Cost, (SELECT COALESCE(SUM(InputTokens), 0) FROM ModelCalls), (SELECT COALESCE(SUM(OutputTokens), 0) FROM ModelCalls), (SELECT COALESCE(SUM(Cost), 0) FROM ModelCalls) FROM Runs"))[0];
        if (!Equals(row[0], row[3]) || !Equals(row[1], row[4]) || !Equals(row[2], row[5])) wrong.Add($"B1: the run counts {row[0]}/{row[1]}/{row[2]}, its calls sum up to {row[3]}/{row[4]}/{row[5]}");
    }
}
