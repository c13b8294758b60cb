using System.Text.Json;
using PromptDesigner.Runtime.Nodes.Approval;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Schemas;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>Judges an edit: it must have the type of what was shown and, where that came from a node that declares a schema, fit it.</summary>
internal sealed class EditCheck(ReadConnections read, PlanCache plans)
{
    private const int MostContent = 10 * 1024 * 1024;

    /// <summary>Null where the edit is right, or the approval does not exist (which the decision itself says).</summary>
    public async Task<Refusal?> JudgeAsync(Guid approval, JsonElement edited, int workspace, CancellationToken cancel)
    {
        var found = await read.ReadAsync("SELECT a.Content, a.SortPath, r.PipelineKey, r.Version, r.DraftRevision FROM Approvals a JOIN Runs r ON r.Key = a.RunKey WHERE a.Id = @1 AND a.WorkspaceId = @2",
            x => (Content: x.GetString(0), Path: x.GetString(1), Pipeline: x.GetInt32(2), Version: x.IntOrNull(3), Draft: x.IntOrNull(4)), cancel, approval, workspace);
        if (found.Count == 0) return null;
        if (edited.GetRawText().Length > MostContent) return Invalid("The edited content is larger than 10 MB.");
        var shown = JsonSerializer.Deserialize<JsonElement>(found[0].Content);
        if (Kind(shown) != Kind(edited)) return Invalid($"The edited content must be {Kind(shown)}, as what was shown; it is {Kind(edited)}.");
        if (edited.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(edited.GetString())) return Invalid("The edited text is empty. Reject it instead, or write what shall be sent.");
        var plan = await plans.GetAsync(found[0].Pipeline, found[0].Version, found[0].Draft, cancel);
        if (ShapeOf(plan, StepPath.LastOf(found[0].Path).Node) is not { } shape || CompiledSchema.Inspect(shape).Count > 0) return null;
        var findings = CompiledSchema.Compile(shape).Validate(edited);
        return findings.Count == 0
            ? null
            : new Refusal("edit_invalid", $"The edited content does not fit its schema: {findings[0].Path} {findings[0].Message}", [.. findings.Select(x => new FieldError("/edited" + x.Path, x.Message))]);
    }

    /// <summary>The schema of a gate's subject, where the subject is one node's whole output.</summary>
    private static JsonElement? ShapeOf(RunPlan plan, string gate)
    {
        if (plan.FindNode(gate)?.Settings is not ApprovalSettings { Subject: { ValueKind: JsonValueKind.String } subject }) return null;
        if (ValueExpression.Parse(subject.GetString()!, barePath: true).LonePath is not { Segments.Count: 0 } path) return null;
        return plan.FindNode(path.Name) is { } source ? source.Kind.ShapeOf(source.Settings) : null;
    }

    private static Refusal Invalid(string message) => new("edit_invalid", message, [new FieldError("/edited", message)]);

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
