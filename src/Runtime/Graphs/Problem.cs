using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>One finding about a pipeline document.</summary>
/// <param name="Code">Stable, of CONTRACT section 7.</param>
/// <param name="IsWarning">Warnings do not hinder publishing.</param>
/// <param name="Path">JSON pointer into the document (<c>/nodes/2/settings/prompt</c>).</param>
/// <param name="Node">The node concerned, where it is one.</param>
/// <param name="Message">A sentence that says what is wrong, where, and what to do.</param>
/// <param name="Fix">An obvious remedy.</param>
public sealed record Problem(string Code, bool IsWarning, string Path, string? Node, string Message, ProblemFix? Fix = null)
{
    /// <summary>True for errors with which a draft cannot be tried either. A send without a gate hinders publishing alone: a try sends nothing.</summary>
    public bool HindersRunning => !IsWarning && Code is not ("ungated_send" or "conditional_gate");
}

/// <summary>A remedy: what it does, in words for a button, and an RFC 6902 patch of the document.</summary>
public sealed record ProblemFix(string Title, JsonArray Patch);
