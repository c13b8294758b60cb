using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>What a node's result means for its step, <c>onError</c> and unconnected ports considered.</summary>
internal sealed record StepOutcome(StepStatus Status, string? Port, JsonElement Output, string? ErrorCode = null, string? ErrorMessage = null)
{
    private const int MostOutput = 10 * 1024 * 1024;

    public DateTimeOffset? WaitUntil { get; init; }

    public ApprovalRequest? Opens { get; init; }

    /// <summary>A mail that it made.</summary>
    public NodeResult.Send? Sends { get; init; }

    /// <summary>The rule by which a gate let pass without a person.</summary>
    public string? LetPassBy { get; init; }

    public static StepOutcome Of(StepState step, NodeResult result) => result switch
    {
        NodeResult.Done done => Leave(step, done.Value, done.Port),
        NodeResult.WaitForTime wait => new(StepStatus.Waiting, null, wait.Value) { WaitUntil = wait.Until },
        NodeResult.WaitForPeople { Request.LetPassBy: { } rule } pass => new(StepStatus.Succeeded, "approved", pass.Request.Content) { Opens = pass.Request, LetPassBy = rule },
        NodeResult.WaitForPeople people => new(StepStatus.Waiting, null, default) { Opens = people.Request },
        NodeResult.Send { Way: SendWay.Smtp } send => new(StepStatus.Waiting, null, default) { Sends = send },
        NodeResult.Send kept => new(StepStatus.Succeeded, "out", MailRows.Given(kept.Mail.To, kept.MessageId, kept.Way == SendWay.Try ? "simulated" : "outbox")) { Sends = kept },
        NodeResult.Failed failed => Fail(step, failed.Code, failed.Message),
        _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
    };

    /// <summary>A failure for good.</summary>
    public static StepOutcome Fail(StepState step, string code, string message) => step.Node.OnError switch
    {
        OnError.Continue => new(StepStatus.Succeeded, "out", ((StepSettings)step.Node.Settings).Fallback ?? JsonSerializer.SerializeToElement<object?>(null), code, message),
        OnError.Route when step.Scope.Plan.Topology.HasEdge(step.Node.Rank, "error") =>
            new(StepStatus.Succeeded, "error", JsonSerializer.SerializeToElement(new { error = new { code, message } }), code, message),
        _ => new(StepStatus.Failed, null, default, code, message),
    };

    /// <summary>A rejection: by the port where an edge starts there, else it stops the scope.</summary>
    public static StepOutcome Reject(StepState step, string comment) =>
        step.Scope.Plan.Topology.HasEdge(step.Node.Rank, "rejected")
            ? new(StepStatus.Succeeded, "rejected", Rejection(comment))
            : new(StepStatus.Failed, null, default, StepState.Rejected, comment);

    /// <summary>What stands in the place of what was rejected.</summary>
    public static JsonElement Rejection(string? comment) => JsonSerializer.SerializeToElement(new { rejected = new { comment = comment ?? "" } });

    /// <summary>Makes it the step's state.</summary>
    public void ApplyTo(StepState step)
    {
        step.Status = Status;
        step.Port = Port;
        step.Output = Output;
        step.ErrorCode = ErrorCode;
        step.ErrorMessage = ErrorMessage;
        step.WaitUntil = WaitUntil;
    }

    /// <summary>Fills a step's row and adds it, with the approval that it opens, to a commit.</summary>
    public void AddTo(Outcome commit, RunState state, Step row, ModelCall? answer, DateTimeOffset now)
    {
        row.Status = Status;
        row.FinishedAt = Status == StepStatus.Waiting ? null : now;
        row.Port = Port is "out" ? null : Port;
        row.ErrorCode = ErrorCode;
        row.ErrorMessage = ErrorMessage;
        row.WaitUntil = WaitUntil;
        (row.OutputSource, row.Output) = Place(answer);
        if (Sends is not null) commit.Mails.Add(MailRows.Of(Sends, state, row.SortPath, now));
        commit.Steps.Add((row, row.OutputSource is OutputSource.AnswerText or OutputSource.AnswerJson ? answer : null));
        if (Opens is null) return;
        var approval = Open(state, row.SortPath, now);
        commit.Opened.Add((approval, state.Plan.FindNode(StepPath.LastOf(row.SortPath).Node)?.Title ?? "Approval"));
        if (LetPassBy is not null)
            commit.Decisions.Add(new ApprovalDecision
            {
                WorkspaceId = state.Run.WorkspaceId, ApprovalId = approval.Id, Decision = "approve", DecidedBy = "rule", At = now, ContentHash = approval.ContentHash,
                Comment = LetPassBy, Counts = true,
            });
    }

    /// <summary>SHA-256 of content, as decisions name it.</summary>
    public static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static StepOutcome Leave(StepState step, JsonElement value, string port)
    {
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null) && value.GetRawText().Length > MostOutput)
            return Fail(step, "limit", "The output is larger than 10 MB, the limit of a step. Make less of it, or split the work with a For each node.");
        if (port is "exhausted" or "invalid" or "unsure" && !step.Scope.Plan.Topology.HasEdge(step.Node.Rank, port))
            return new(StepStatus.Failed, null, value, "unhandled_port", $"'{step.Node.Title}' left by '{port}', and nothing is connected there. Connect that port to what shall happen then.");
        return new(StepStatus.Succeeded, port, value);
    }

    private (OutputSource, string?) Place(ModelCall? answer)
    {
        if (Output.ValueKind == JsonValueKind.Undefined) return (OutputSource.None, null);
        if (answer?.Response is { } response)
        {
            if (Output.ValueKind == JsonValueKind.String && Output.ValueEquals(response)) return (OutputSource.AnswerText, null);
            if (Output.ValueKind is JsonValueKind.Object or JsonValueKind.Array && Output.GetRawText() == response) return (OutputSource.AnswerJson, null);
        }
        return (OutputSource.Own, Output.GetRawText());
    }

    private Approval Open(RunState state, string sortPath, DateTimeOffset now)
    {
        var content = Opens!.Content.GetRawText();
        return new Approval
        {
            Id = Guid.CreateVersion7(now),
            WorkspaceId = state.Run.WorkspaceId,
            RunKey = state.Run.Key,
            SortPath = sortPath,
            Round = StepPath.LastOf(sortPath).Round,
            Status = LetPassBy is null ? ApprovalStatus.Pending : ApprovalStatus.Approved,
            Settled = LetPassBy is not null,
            Required = state.Run.Try ? 1 : Opens.Required,
            Request = ApprovalRequests.Write(Opens),
            ContentHash = HashOf(content),
            CreatedAt = now,
            DueAt = Opens.DueInMinutes is { } minutes && LetPassBy is null ? now.AddMinutes(minutes) : null,
            Content = content,
            Context = Opens.Context?.GetRawText(),
        };
    }
}
