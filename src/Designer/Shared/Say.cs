using System.Globalization;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Notices;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;

namespace PromptDesigner.Designer.Shared;

/// <summary>Numbers, times and states in the words of the screens.</summary>
public static class Say
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    /// <summary><c>1,204</c>.</summary>
    public static string Number(long number) => number.ToString("N0", English);

    /// <summary><c>$0.0042</c>: never nothing for what cost something. <c>–</c> where no price is known.</summary>
    public static string Money(decimal? money, string currency)
    {
        if (money is not { } amount) return "–";
        var digits = amount == 0 ? "0.00" : Math.Abs(amount) >= 1 ? amount.ToString("N2", English) : Math.Abs(amount) >= 0.0001m ? amount.ToString("0.00##", English) : amount.ToString("0.00##########################", English);
        return currency == "USD" ? "$" + digits : currency == "EUR" ? "€" + digits : $"{digits} {currency}";
    }

    /// <summary><c>340 ms</c>, <c>8.2 s</c>, <c>3 min 5 s</c>, <c>2 h 4 min</c>, <c>3 d</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.Zero) return "0 ms";
        if (time.TotalMilliseconds < 999.5) return string.Create(English, $"{time.TotalMilliseconds:0} ms");
        if (time.TotalSeconds < 59.95) return string.Create(English, $"{time.TotalSeconds:0.0} s");
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        if (whole.TotalHours < 1) return whole.Seconds == 0 ? $"{whole.Minutes} min" : $"{whole.Minutes} min {whole.Seconds} s";
        if (whole.TotalDays < 1) return whole.Minutes == 0 ? $"{whole.Hours} h" : $"{whole.Hours} h {whole.Minutes} min";
        return $"{(int)whole.TotalDays} d";
    }

    /// <summary><c>now</c>, <c>3 min ago</c>, <c>in 46 min</c>.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        var past = now - time;
        var span = past.Duration();
        if (span < TimeSpan.FromSeconds(5)) return "now";
        var words = span.TotalSeconds < 60 ? $"{(int)span.TotalSeconds} s" : span.TotalMinutes < 60 ? $"{(int)span.TotalMinutes} min" : span.TotalHours < 24 ? $"{(int)span.TotalHours} h" : $"{(int)span.TotalDays} d";
        return past > TimeSpan.Zero ? words + " ago" : "in " + words;
    }

    /// <summary>A file's size.</summary>
    public static string Size(long bytes) => bytes < 1024 ? $"{bytes} bytes" : bytes < 1024 * 1024 ? string.Create(English, $"{bytes / 1024.0:0.#} KB") : string.Create(English, $"{bytes / 1048576.0:0.#} MB");

    /// <summary>How a state looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(RunStatus status, WaitingFor waiting = WaitingFor.None) => status switch
    {
        RunStatus.Queued => ("Queued", "slate", "clock"),
        RunStatus.Running => ("Running", "run", "progress"),
        RunStatus.Waiting when waiting == WaitingFor.Time => ("Waiting for a time", "slate", "hourglass"),
        RunStatus.Waiting when waiting == WaitingFor.Resolution => ("Uncertain", "violet", "question"),
        RunStatus.Waiting => ("Waiting for a person", "wait", "hand"),
        RunStatus.Succeeded => ("Succeeded", "ok", "check"),
        RunStatus.Failed => ("Failed", "bad", "cross"),
        RunStatus.Rejected => ("Rejected", "rose", "thumbDown"),
        _ => ("Cancelled", "slate", "stop"),
    };

    /// <summary>How a step's state looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(StepStatus status, bool forTime = false, bool toBeSent = false) => status switch
    {
        StepStatus.Pending => ("Not begun", "slate", "clock"),
        StepStatus.Running => ("Running", "run", "progress"),
        StepStatus.Waiting when toBeSent => ("Waiting to be sent", "slate", "clock"),
        StepStatus.Waiting when forTime => ("Waiting for a time", "slate", "hourglass"),
        StepStatus.Waiting => ("Waiting for a person", "wait", "hand"),
        StepStatus.Succeeded => ("Succeeded", "ok", "check"),
        StepStatus.Failed => ("Failed", "bad", "cross"),
        StepStatus.Skipped => ("Skipped", "skipped", "skip"),
        StepStatus.Uncertain => ("Uncertain", "violet", "question"),
        _ => ("Cancelled", "slate", "stop"),
    };

    /// <summary>How an approval's state looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(ApprovalStatus status) => status switch
    {
        ApprovalStatus.Pending => ("Waits for a decision", "wait", "hand"),
        ApprovalStatus.Approved => ("Approved", "ok", "check"),
        ApprovalStatus.Rejected => ("Rejected", "rose", "thumbDown"),
        ApprovalStatus.ChangesRequested => ("Changes asked for", "wait", "loop"),
        ApprovalStatus.Expired => ("Expired", "rose", "clock"),
        _ => ("Withdrawn", "slate", "stop"),
    };

    /// <summary>How a mail's state looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(MailStatus status, string? code = null) => status switch
    {
        MailStatus.Waiting => ("Waiting to be sent", "slate", "clock"),
        MailStatus.Sending => ("On its way", "run", "progress"),
        MailStatus.Sent => ("Sent", "ok", "check"),
        MailStatus.Failed => ("Not sent", "bad", "cross"),
        MailStatus.Uncertain => ("Uncertain", "violet", "question"),
        MailStatus.Kept => ("Kept here", code == "practice" ? "teal" : "slate", code == "practice" ? "practice" : "archive"),
        MailStatus.Simulated => ("Try", "teal", "flask"),
        _ => ("Cancelled", "slate", "stop"),
    };

    /// <summary>How a notice's state looks and is called.</summary>
    public static (string Word, string Tone, string Icon) State(NoticeStatus status) => status switch
    {
        NoticeStatus.Waiting => ("Waiting to be sent", "slate", "clock"),
        NoticeStatus.Sending => ("On its way", "run", "progress"),
        NoticeStatus.Sent => ("Sent", "ok", "check"),
        NoticeStatus.Failed => ("Not sent", "bad", "cross"),
        NoticeStatus.Uncertain => ("Uncertain", "violet", "question"),
        _ => ("Not needed", "slate", "skip"),
    };
}
