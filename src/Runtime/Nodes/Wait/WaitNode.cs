using System.Globalization;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes.Wait;

/// <summary>Waits for a time.</summary>
[Node("wait", "Wait", NodeGroup.Flow, "Waits for a while, or until a time.")]
public sealed class WaitNode : Node<WaitSettings>
{
    /// <inheritdoc />
    protected override JsonElement? Shape(WaitSettings settings) => JsonSerializer.SerializeToElement(new { type = "string" });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, WaitSettings settings)
    {
        var (forGiven, untilGiven) = (!string.IsNullOrWhiteSpace(settings.For), !string.IsNullOrWhiteSpace(settings.Until));
        if (forGiven && untilGiven) check.Error("setting_range", "until", $"{check.Called} has both 'for' and 'until'; choose one.", GraphPatch.Removal(check.PathOf("until"), "until"));
        else if (!forGiven && !untilGiven && !check.Has("for") && !check.Has("until")) check.Error("setting_missing", "for", $"{check.Called} needs a value for 'for' or 'until'.");
        if (forGiven && !IsTemplate(settings.For!) && !IsoDuration.TryParse(settings.For, out _))
            check.Error("setting_range", "for", $"'for' of {check.Called} must be a duration such as PT10M (ten minutes) or P1D (a day); '{settings.For}' is none.");
        if (untilGiven && !IsTemplate(settings.Until!) && Time(settings.Until!) is null)
            check.Error("setting_range", "until", $"'until' of {check.Called} must be a time such as 2026-03-01T09:00:00Z; '{settings.Until}' is none.");
    }

    /// <inheritdoc />
    protected override ValueTask<NodeResult> RunAsync(NodeContext context, WaitSettings settings, CancellationToken cancel)
    {
        DateTimeOffset until;
        if (!string.IsNullOrWhiteSpace(settings.For))
        {
            var text = context.Render(settings.For, cancel).Trim();
            if (!IsoDuration.TryParse(text, out var duration)) return Fail($"'{text}' is no duration such as PT10M.");
            var now = context.Clock.GetUtcNow();
            if (duration > DateTimeOffset.MaxValue - now) return Fail($"'{text}' is longer than the calendar.");
            until = now + duration;
        }
        else
        {
            var text = context.Render(settings.Until ?? "", cancel).Trim();
            if (Time(text) is not { } time) return Fail($"'{text}' is no time such as 2026-03-01T09:00:00Z.");
            until = time;
        }
        var value = JsonSerializer.SerializeToElement(until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        return new(until <= context.Clock.GetUtcNow() ? new NodeResult.Done(value) : new NodeResult.WaitForTime(until, value));
    }

    private static ValueTask<NodeResult> Fail(string message) => new(new NodeResult.Failed("invalid_output", message));

    private static bool IsTemplate(string text) => text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal);

    // ISO 8601 alone: other forms would be read differently from place to place. A time without a zone is UTC.
    private static DateTimeOffset? Time(string text) =>
        text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
