using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace PromptDesigner.Runtime.Sending;

/// <summary>Makes the message of a mail. Its bytes do not depend on what a server offers: everything is ASCII, in short lines.</summary>
public static partial class MailComposer
{
    /// <summary>What is wrong with a text for a header, such as a subject: a sentence about a line break, NUL or another control character; null: nothing.</summary>
    public static string? HeaderProblem(string value) => HeaderText.Problem(value);

    /// <summary>The message; the caller disposes it.</summary>
    /// <exception cref="UnfitMailException">A field cannot be a header, or nobody is addressed.</exception>
    public static MimeMessage Compose(OutgoingMail mail, DateTimeOffset date)
    {
        if (HeaderText.Problem(mail.Subject) is { } problem) throw new UnfitMailException($"The subject cannot be sent. {problem}");
        if (!MessageIds().IsMatch(mail.MessageId)) throw new UnfitMailException($"The Message-ID '{HeaderText.Line(mail.MessageId, 80)}' is not like <name@host>.");
        var (from, to, cc) = (Mailbox(mail.From), mail.To.Select(Mailbox).ToList(), mail.Cc.Select(Mailbox).ToList());
        if (to.Count + cc.Count == 0) throw new UnfitMailException("The mail has no recipient. Name one.");

        var message = new MimeMessage { Date = date, MessageId = mail.MessageId };
        message.From.Add(from);
        message.To.AddRange(to);
        message.Cc.AddRange(cc);
        message.Headers.Replace(Subject(mail.Subject));
        if (mail.IsAutomatic)
        {
            message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834
            message.Headers.Add("X-Auto-Response-Suppress", "All"); // the same for Exchange
        }
        message.Body = (mail.Text, mail.Html) switch
        {
            (var text, null) => Body("plain", text ?? ""),
            (null, var html) => Body("html", html),
            var (text, html) => new MultipartAlternative(Body("plain", text), Body("html", html)) { Boundary = $"=-{mail.Id:N}" },
        };
        return message;
    }

    // MimeKit would let a literal "=?utf-8?q?…?=" stand, for the reader's program to decode
    private static Header Subject(string text)
    {
        var header = new Header(HeaderId.Subject, "");
        var raw = new StringBuilder();
        if (Plain().IsMatch(text)) raw.Append(' ').Append(text);
        else
        {
            for (var at = 0; at < text.Length;)
            {
                var start = at;
                for (var bytes = 0; at < text.Length; at += char.IsSurrogate(text[at]) ? 2 : 1)
                {
                    bytes += Encoding.UTF8.GetByteCount(text, at, char.IsSurrogate(text[at]) ? 2 : 1);
                    if (bytes > 42) break;
                }
                raw.Append(start == 0 ? " " : "\r\n ").Append($"=?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text[start..at]))}?=");
            }
        }
        header.SetRawValue(Encoding.ASCII.GetBytes(raw.Append("\r\n").ToString()));
        return header;
    }

    private static MailboxAddress Mailbox(string text)
    {
        var (mailbox, problem) = MailAddresses.One(text);
        return mailbox ?? throw new UnfitMailException(problem!);
    }

    private static TextPart Body(string kind, string text)
    {
        var part = new TextPart(kind);
        part.SetText(Encoding.UTF8, LineBreaks().Replace(text, "\r\n"));
        // never 7bit: other servers touch blanks at line ends, and lines that start with "From "
        part.ContentTransferEncoding = part.GetBestEncoding(EncodingConstraint.SevenBit) is ContentEncoding.Base64 ? ContentEncoding.Base64 : ContentEncoding.QuotedPrintable;
        return part;
    }

    [GeneratedRegex(@"\r\n?|\n")]
    private static partial Regex LineBreaks();

    [GeneratedRegex(@"\A(?!.*=\?)[!-~]+(?: [!-~]+)*\z(?<=\A.{1,68})")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}@[A-Za-z0-9.-]{1,200}>\z")]
    private static partial Regex MessageIds();
}
