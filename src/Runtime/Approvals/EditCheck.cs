using System.Text.Json;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>x</summary>
internal sealed class EditCheck { public Task<Refusal?> JudgeAsync(Guid approval, JsonElement edited, int workspace, CancellationToken cancel) => throw new NotSupportedException(); }
