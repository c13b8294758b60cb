using System.Globalization;
using PromptDesigner.Data.Notices;

namespace PromptDesigner.Runtime.Notices;

/// <summary>What a notice says: in its mail and on its receiver's page alike.</summary>
public static class NoticeWords
{
    /// <summary>In a few words, without names.</summary>
    public static string Headline(Notice x) => x.Kind switch
    {
        NoticeKind.ApprovalWaits when x.Overdue => x.Count == 1 ? "An approval is overdue" : $"{Number(x.Count)} approvals are overdue",
        NoticeKind.ApprovalWaits => x.Count == 1 ? "An approval waits" : $"{Number(x.Count)} approvals wait",
        NoticeKind.ScheduleFailed => "A schedule failed",
        NoticeKind.SendingPaused => "Sending is paused",
        NoticeKind.OwnerLeft => "An owner left",
        _ => throw new ArgumentOutOfRangeException(nameof(x), x.Kind, "Unknown kind of notice."),
    };

    /// <summary>In a sentence or two.</summary>
    public static string Sentence(Notice x) => x.Kind switch
    {
        NoticeKind.ApprovalWaits when x.Count == 1 => $"'{x.Text}' in {x.Subject} waits for your decision{(x.Overdue ? ", and its time has passed" : "")}.",
        NoticeKind.ApprovalWaits => $"{Number(x.Count)} items wait at '{x.Text}' in {x.Subject} for your decision{(x.Overdue ? ", and their time has passed" : "")}.",
        NoticeKind.ScheduleFailed => $"The schedule of {x.Subject} failed. {x.Text}{(x.Count == 1 ? "" : x.Count == 2 ? " It failed once more since you were last told." : $" It failed {Number(x.Count - 1)} more times since you were last told.")}",
        _ => x.Text,
    };

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
