using PromptDesigner.Runtime.Pipelines.Drafts;

namespace PromptDesigner.Designer.Pipelines.Drafts;

/// <summary>What one person can take back in one draft, and make again. It outlives the page for an hour: who looks at a run and comes back goes on where they were.</summary>
internal sealed class DraftSteps
{
    public Stack<DraftStep> Undo { get; } = new();

    public Stack<DraftStep> Redo { get; } = new();
}

/// <summary>One step.</summary>
/// <param name="Back">The operations that take it back.</param>
/// <param name="Merge">Edits that say the same word are one step.</param>
/// <param name="At">When it was made.</param>
internal sealed record DraftStep(IReadOnlyList<DraftOperation> Back, string? Merge, DateTimeOffset At);
