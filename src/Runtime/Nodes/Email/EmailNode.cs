using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Nodes.Email;

/// <summary>Makes a mail and hands it over to be sent.</summary>
[Node("email", "Email", NodeGroup.Actions, "Sends a mail. Somebody has to approve it before; a try shows it and sends nothing.")]
public sealed class EmailNode : Node<EmailSettings>
{
    /// <inheritdoc />
    public override bool Sends(NodeSettings settings) => true;

    /// <inheritdoc />
    protected override JsonElement? Shape(EmailSettings settings) => JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new { messageId = new { type = "string" }, to = new { type = "array", items = new { type = "string" } }, delivery = new { type = "string" } },
    });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, EmailSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Text) && string.IsNullOrWhiteSpace(settings.Html))
            check.Error("setting_missing", "text", $"{check.Called} says nothing: give it a 'text' or an 'html'.");
        foreach (var (name, value) in new[] { ("to", settings.To), ("cc", settings.Cc), ("from", settings.From) })
            if (!string.IsNullOrWhiteSpace(value) && !value.Contains('{', StringComparison.Ordinal) && MailAddresses.Parse(value).Problem is { } problem)
                check.Error("setting_range", name, $"'{name}' of {check.Called}: {problem}");
    }

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, EmailSettings settings, CancellationToken cancel)
    {
        var to = MailAddresses.Parse(context.Render(settings.To, cancel));
        var cc = Parsed(settings.Cc);
        var from = Parsed(settings.From);
        var subject = context.Render(settings.Subject, cancel).Trim();
        var (text, html) = (Given(settings.Text), Given(settings.Html));
        return new(Wrong() is { } wrong ? new NodeResult.Failed("send_failed", wrong)
            : new NodeResult.Send(new MailDraft(to.Addresses, cc?.Addresses ?? [], subject, text, html, from?.Addresses[0], settings.Retry, settings.TimeoutSeconds)));

        (IReadOnlyList<string> Addresses, string? Problem)? Parsed(string? template) => Given(template) is { } addresses ? MailAddresses.Parse(addresses) : null;

        string? Given(string? template) => string.IsNullOrWhiteSpace(template) || context.Render(template, cancel) is not { } said || string.IsNullOrWhiteSpace(said) ? null : said;

        string? Wrong() => to.Problem is { } receiver ? $"'To': {receiver}"
            : cc?.Problem is { } copy ? $"'Copy to': {copy}"
            : from?.Problem is { } one ? $"'From': {one}"
            : from is { Addresses.Count: > 1 } ? "'From' must be one address."
            : subject.Length == 0 ? "The subject is empty."
            : MailComposer.HeaderProblem(subject) is { } header ? $"'Subject': {header}"
            : text is null && html is null ? "The mail says nothing: its text is empty." : null;
    }
}
