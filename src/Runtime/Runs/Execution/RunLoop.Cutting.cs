using PromptDesigner.Data.Runs;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <content>What a scope that stops leaves behind, inside its containers too.</content>
internal sealed partial class RunLoop
{
    /// <summary>Nothing more starts inside running containers of a scope that stops.</summary>
    private void CutInside(ScopeState scope)
    {
        foreach (var step in scope.Steps)
        {
            if (step.Status == StepStatus.Running && step.Container is { } container)
            {
                foreach (var inside in container.Active.Values.Where(x => !x.IsCut).ToList())
                {
                    inside.IsCut = true;
                    _dirty.Enqueue(inside);
                }
                if (container.Active.Count == 0) Continue(step);
            }
        }
    }

    /// <summary>In a scope that was cut off nothing is left to begin; what waits is withdrawn when it closes.</summary>
    private void CutUnbegun(ScopeState scope)
    {
        foreach (var step in scope.Steps)
            if (step.Status is StepStatus.Pending or StepStatus.Waiting or StepStatus.Uncertain || (step.Status == StepStatus.Running && step.Stop is null && step.Container is null))
                Cancel(step);
        CutInside(scope);
    }

    /// <summary>Cancels what a stopped scope leaves: steps not begun, and what waits; its open approvals are withdrawn.</summary>
    private void CloseScope(ScopeState scope)
    {
        foreach (var step in scope.Steps)
            if (step.Status is StepStatus.Pending or StepStatus.Waiting or StepStatus.Uncertain) Cancel(step);
        _unsaved.Withdrawn.Add(scope.Prefix);
    }

    private void Cancel(StepState step)
    {
        _waiting.Remove(step.SortPath);
        step.Status = StepStatus.Cancelled;
        _unsaved.Steps.Add((step.ToRow(state, parts.Clock.GetUtcNow()), null));
    }
}
