using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Runs;

/// <summary>x</summary>
internal sealed class DraftSnapshots { public Task<Answer<int>> PinAsync(Guid pipeline, int workspace, CancellationToken cancel) => throw new NotSupportedException(); }
