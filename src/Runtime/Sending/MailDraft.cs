using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Sending;

/// <summary>A mail as a step made it.</summary>
/// <param name="To">Receivers, each an address that was checked.</param>
/// <param name="Cc">Receivers of a copy.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The text; null: none.</param>
/// <param name="Html">The HTML; null: none.</param>
/// <param name="From">Who it is from; null: the workspace's own address.</param>
/// <param name="Retry">How it is tried again while it is certainly not sent.</param>
/// <param name="TimeoutSeconds">Seconds for one attempt.</param>
public sealed record MailDraft(IReadOnlyList<string> To, IReadOnlyList<string> Cc, string Subject, string? Text, string? Html, string? From, RetrySettings Retry, double TimeoutSeconds);
