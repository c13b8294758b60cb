using System.Net;
using System.Text;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Notices;

/// <summary>
/// The mail that notices are. It names pipelines and steps and never holds what a person is to judge: mail lies about unencrypted. Its links open pages, which ask
/// for a sign-in and decide nothing.
/// </summary>
internal static class NoticeLetter
{
    private const int Most = 50;
    private const int MostSubject = 150;
    private const string ChoicesPath = "/account/notices";

    /// <summary>The mail as it is handed over.</summary>
    /// <param name="mail">What it tells.</param>
    /// <param name="server">Through which server.</param>
    /// <param name="link">Makes a page's path an address.</param>
    public static OutgoingMail Of(NoticeMail mail, MailServer server, Func<string, string> link)
    {
        var host = MailAddresses.One(server.From).Mailbox?.Domain ?? "localhost";
        return new OutgoingMail(mail.Id, $"<notice.{mail.Id:N}@{host}>", server.From, [mail.To], [], Subject(mail), Text(mail, link), Html(mail, link)) { IsAutomatic = true };
    }

    private static string Subject(NoticeMail mail)
    {
        var workspace = NoticeDraft.Line(mail.Workspace, 60);
        if (mail.Daily) return $"Your day in {workspace}: {(mail.Items.Count == 1 ? "one thing" : $"{mail.Items.Count} things")} to know";
        if (mail.Items.Count > 1) return $"{mail.Items.Count} things to know in {workspace}";
        var only = mail.Items[0];
        return NoticeDraft.Line(only.Kind is NoticeKind.SendingPaused ? $"{NoticeWords.Headline(only)} in {workspace}" : $"{NoticeWords.Headline(only)}: {only.Subject}", MostSubject);
    }

    private static string Text(NoticeMail mail, Func<string, string> link)
    {
        var text = new StringBuilder();
        foreach (var item in mail.Items.Take(Most)) text.Append(NoticeWords.Headline(item)).Append('\n').Append(NoticeWords.Sentence(item)).Append('\n').Append(link(item.Path)).Append("\n\n");
        if (mail.Items.Count > Most) text.Append(More(mail)).Append("\n\n");
        return text.Append("-- \n").Append(Why(mail)).Append("\nChoose what you are told: ").Append(link(ChoicesPath)).Append('\n').ToString();
    }

    private static string Html(NoticeMail mail, Func<string, string> link)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><body style=\"font-family:sans-serif;font-size:14px;line-height:20px;max-width:600px\">");
        foreach (var item in mail.Items.Take(Most))
            html.Append("<p><strong>").Append(Encoded(NoticeWords.Headline(item))).Append("</strong><br>").Append(Encoded(NoticeWords.Sentence(item))).Append("<br><a href=\"").Append(Encoded(link(item.Path))).Append("\">").Append(Opens(item.Kind)).Append("</a></p>");
        if (mail.Items.Count > Most) html.Append("<p>").Append(Encoded(More(mail))).Append("</p>");
        return html.Append("<hr><p style=\"font-size:12px\">").Append(Encoded(Why(mail))).Append("<br><a href=\"").Append(Encoded(link(ChoicesPath))).Append("\">Choose what you are told</a></p></body></html>").ToString();
    }

    private static string Opens(NoticeKind kind) => kind switch
    {
        NoticeKind.ApprovalWaits => "Open the approvals",
        NoticeKind.ScheduleFailed => "Open the schedule",
        NoticeKind.SendingPaused => "Open the outbox",
        _ => "Open the pipelines",
    };

    private static string More(NoticeMail mail) => $"And {mail.Items.Count - Most} more; your page of notices has them all.";

    private static string Why(NoticeMail mail) => $"PromptDesigner sent this to {mail.To}, a member of the workspace {NoticeDraft.Line(mail.Workspace, 60)}. Answers to this mail are read by nobody.";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
