using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes.Approval;

/// <summary>Waits for people.</summary>
[Node("approval", "Approval", NodeGroup.People, "Holds the run until a person approves, changes or rejects what was made.")]
public sealed class ApprovalNode : Node<ApprovalSettings>
{
    private static readonly string[] Outcomes = ["approved", "rejected"];

    /// <summary>Whether the share <paramref name="sample"/> includes this step: the same answer for every round and every repetition of one run.</summary>
    public static bool IsSampled(Guid runId, string stepPathWithoutRounds, double sample)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{runId:N}/{stepPathWithoutRounds}"));
        // 53 bits: as many as a double tells apart, so that the draw stays below 1.
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) / (double)(1UL << 53) < sample;
    }

    /// <inheritdoc />
    protected override IReadOnlyList<string> Ports(ApprovalSettings settings) => Outcomes;

    /// <inheritdoc />
    protected override ShapeSource? ShapeFrom(ApprovalSettings settings) => settings.Subject is { } subject ? new ShapeSource(subject) : null;

    /// <inheritdoc />
    protected override void Check(NodeCheck check, ApprovalSettings settings)
    {
        CheckPeople(check, settings);
        if (settings.OnOverdue == OnOverdue.Escalate && settings.EscalateTo.Count == 0 && !check.Has("escalateTo"))
            check.Error("setting_missing", "escalateTo", $"{check.Called} escalates when overdue, but 'escalateTo' names nobody.");
        if (settings.OnOverdue != OnOverdue.Remind && settings.DueInMinutes is null && !check.Has("dueInMinutes"))
            check.Error("setting_missing", "dueInMinutes", $"{check.Called} says what follows when overdue, but 'dueInMinutes' does not say when that is.");
        if (settings.Revise is { Length: > 0 } revise) CheckRevise(check, revise);
    }

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, ApprovalSettings settings, CancellationToken cancel)
    {
        var passes = settings.When is { } when && !when.Holds(context.Values) ? "when"
            : settings.Sample is { } sample && !IsSampled(context.RunId, context.StepPathWithoutRounds, sample) ? "sample"
            : null;
        return new(new NodeResult.WaitForPeople(new ApprovalRequest
        {
            Content = context.Evaluate(settings.Subject ?? default, cancel),
            Context = settings.Context is { ValueKind: not JsonValueKind.Null } made ? context.Evaluate(made, cancel) : null,
            Preview = JsonNamingPolicy.CamelCase.ConvertName(settings.Preview.ToString()),
            Instructions = string.IsNullOrWhiteSpace(settings.Instructions) ? null : context.Render(settings.Instructions, cancel),
            People = settings.Reviewers.People ?? [],
            Required = settings.Required,
            AllowSelf = settings.AllowSelf,
            Editable = settings.Editable,
            Revise = string.IsNullOrEmpty(settings.Revise) ? null : settings.Revise,
            MaxRounds = settings.MaxRounds,
            DueInMinutes = settings.DueInMinutes,
            OnOverdue = JsonNamingPolicy.CamelCase.ConvertName(settings.OnOverdue.ToString()),
            EscalateTo = settings.EscalateTo,
            LetPassBy = passes,
        }));
    }

    private static void CheckPeople(NodeCheck check, ApprovalSettings settings)
    {
        var reviewers = settings.Reviewers;
        if (reviewers.Role is { } role && role != "Reviewer") check.Error("setting_range", "reviewers/role", $"The role of {check.Called}'s reviewers must be 'Reviewer'.");
        if (reviewers is { Role: not null, People: not null }) check.Error("setting_range", "reviewers", $"{check.Called} names a role and people; choose one.");
        if (reviewers.People is { } people)
        {
            var able = people.Distinct(StringComparer.OrdinalIgnoreCase).Count(mail => check.Facts.ReviewerExists?.Invoke(mail) ?? true);
            if (people.Count == 0) check.Error("no_reviewer", "reviewers/people", $"Nobody can approve {check.Called}: 'people' is empty.");
            else if (able == 0) check.Error("no_reviewer", "reviewers/people", $"Nobody can approve {check.Called}: {string.Join(", ", people)} {(people.Count == 1 ? "is not a reviewer" : "are no reviewers")} here.");
            else if (able < settings.Required) check.Error("no_reviewer", "reviewers/people", $"{settings.Required} people must approve {check.Called}, but only {able} of those named can.");
        }
        foreach (var (index, mail) in settings.EscalateTo.Index())
            if (check.Facts.ReviewerExists?.Invoke(mail) == false) check.Error("no_reviewer", $"escalateTo/{index}", $"{check.Called} cannot escalate to {mail}, who is not a reviewer here.");
    }

    private static void CheckRevise(NodeCheck check, string revise)
    {
        var upstream = check.Index.UpstreamOf(check.Node.Id)
            .Where(node => node.Kind == "prompt" && check.Index.ScopeOf(node.Id) == check.Index.ScopeOf(check.Node.Id)).Select(node => node.Id).ToList();
        if (upstream.Contains(revise)) return;
        var why = check.Index.Find(revise) is not { } target ? $"there is no node '{revise}'"
            : target.Kind != "prompt" ? $"{Names.Of(target)} is no prompt"
            : check.Index.ScopeOf(revise) != check.Index.ScopeOf(check.Node.Id) ? $"{Names.Of(target)} is not in the same container"
            : $"no way leads from {Names.Of(target)} to it";
        var nearest = Nearest.To(revise, upstream) ?? (upstream.Count == 1 ? upstream[0] : null);
        check.Error("revise_target", "revise", $"{check.Called} cannot have '{revise}' revised: {why}. Choose a prompt before it, in the same container.",
            nearest is null ? null : new ProblemFix($"Revise '{nearest}'", GraphPatch.Set(check.PathOf("revise"), nearest)));
    }
}
