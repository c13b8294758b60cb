using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>What a step may read: outputs around it, and the names that its containers and the run give.</summary>
internal sealed class StepValues(RunState state, ScopeState scope, StepState? step, bool insideEnded = false) : IValues
{
    private static readonly JsonElement EmptyText = JsonSerializer.SerializeToElement("");

    /// <inheritdoc />
    public bool TryGet(string name, out JsonElement value)
    {
        switch (name)
        {
            case "run":
                value = JsonSerializer.SerializeToElement(new { id = state.Run.Id, startedAt = state.Run.StartedAt, account = state.Run.Account, slot = state.Run.Slot, previousSlot = state.Run.PreviousSlot });
                return true;
            case "previous" when step is not null:
                value = step.Feedback?.Previous ?? EmptyText;
                return true;
            case "feedback" when step?.Feedback is { } asked:
                value = JsonSerializer.SerializeToElement(asked.Comment);
                return true;
        }
        for (var at = scope; at is not null; at = at.Container?.Scope)
        {
            if (FromContainer(at, name, out value)) return true;
            if (at.Find(name) is { } found && (found != step || insideEnded))
            {
                value = at.Container is null && found.Node.Rank == state.Plan.Input.Rank && found.Status == StepStatus.Succeeded ? state.Given.Value : found.Output;
                return found.Status == StepStatus.Succeeded && value.ValueKind != JsonValueKind.Undefined;
            }
        }
        value = EmptyText; // 'feedback' of a prompt that a gate revises, in its first round
        return name == "feedback";
    }

    private static bool FromContainer(ScopeState at, string name, out JsonElement value)
    {
        value = default;
        if (at.Container?.Container is not { } container) return false;
        switch (name)
        {
            case "item" when container.IsList:
                value = at.Item;
                return true;
            case "index" when container.IsList:
                value = JsonSerializer.SerializeToElement(at.Iteration);
                return true;
            case "attempt" when !container.IsList:
                value = JsonSerializer.SerializeToElement(at.Iteration + 1);
                return true;
            case "feedback" when !container.IsList:
                value = JsonSerializer.SerializeToElement(at.Feedback);
                return true;
            default:
                return false;
        }
    }
}
