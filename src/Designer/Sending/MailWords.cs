using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Shared;

namespace PromptDesigner.Designer.Sending;

/// <summary>What screens say of a mail.</summary>
public static class MailWords
{
    /// <summary>Why a mail stands as it does, in a sentence.</summary>
    public static string Why(Mail mail, bool isPaused) => mail switch
    {
        { Status: MailStatus.Waiting } when isPaused => "Sending is paused." + (mail.Answer is null ? "" : " " + mail.Answer),
        { Answer: { } answer } => answer,
        { Status: MailStatus.Waiting } => "It is sent as soon as it may.",
        { Status: MailStatus.Sending } => "It is on its way to the server.",
        _ => "",
    };

    /// <summary>Who gets it: the first address, and how many more.</summary>
    public static string Receivers(Mail mail)
    {
        var all = Mail.Lines(mail.To).Concat(Mail.Lines(mail.Cc)).ToList();
        return all.Count == 0 ? "" : all.Count == 1 ? Address(all[0]) : $"{Address(all[0])} and {Say.Number(all.Count - 1)} more";
    }

    /// <summary>The address of a receiver without its name.</summary>
    public static string Address(string receiver) => receiver.EndsWith('>') && receiver.LastIndexOf('<') is var at and >= 0 ? receiver[(at + 1)..^1] : receiver;

    /// <summary>Who let it pass, in a few words.</summary>
    public static string Approved(MailLine line) => line switch
    {
        { Approvals.Count: > 0 } => string.Join(", ", line.Approvals.Select(By).Distinct()),
        { Exception: not null } => "exception",
        { Mail.Gates.Length: 0 } => "no gate before it",
        _ => "nobody",
    };

    /// <summary>Who one approval is by.</summary>
    public static string By(MailApproval approval) => approval.By == "machine" ? "nobody in time: the gate let it pass" : approval.By;
}
