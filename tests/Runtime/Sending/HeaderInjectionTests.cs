using System.Text;
using MimeKit;
using MimeKit.Utils;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>Whatever stands in a field, the message has the headers it should have, and no other.</summary>
public sealed class HeaderInjectionTests
{
    private static readonly string[] Tricks =
    [
        "x\r\nBcc: victim@example.com", "x\nBcc: victim@example.com", "x\rBcc: victim@example.com", "x\r\n\r\nbody", "x\r\n Bcc: folded@example.com", "x\0", "x\u0085Bcc: v@example.com", "x\u2028Bcc: v@example.com",
        "x\u000bBcc: v@example.com", "=?utf-8?q?x=0D=0ABcc:_victim@example.com?=", "=?utf-8?b?eA0KQmNjOiB2QGV4YW1wbGUuY29t?=", "=?utf-8?q?=?= =?utf-8?q?0D=0ABcc:_v?=", "x?= =?utf-8?q?=0ABcc?=",
        "\"x\" <v@example.com>,", "x <v@example.com>", "x>\r\nRCPT TO:<v@example.com>", "x\u010D\u010ABcc: v@example.com", "x\uFF0D\uFF0ABcc: v@example.com", "\uD800x", "x; charset=y", "\u202Ex",
    ];

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (var field in (string[])["subject", "from", "from name", "to", "to name", "cc name", "message id", "text", "html"])
            for (var i = 0; i < Tricks.Length; i++) cases.Add(field, i);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_field_makes_a_header(string field, int number)
    {
        var trick = Tricks[number];
        var mail = field switch
        {
            "subject" => Post.Mail(subject: trick),
            "from" => Post.Mail(from: trick),
            "from name" => Post.Mail(from: $"{trick} <shop@example.com>"),
            "to" => Post.Mail(to: [trick + "@example.com"]),
            "to name" => Post.Mail(to: [$"{MimeUtils.Quote(trick)} <anna@example.com>"]),
            "cc name" => Post.Mail(cc: [$"{trick} <anna@example.com>"]),
            "message id" => Post.Mail(messageId: $"<{trick}@example.com>"),
            "text" => Post.Mail(text: trick, html: "<p>"),
            _ => Post.Mail(html: trick),
        };
        byte[] bytes;
        try
        {
            bytes = Bytes(mail);
        }
        catch (UnfitMailException error)
        {
            Assert.DoesNotContain(error.Message, char.IsControl);
            return;
        }
        using var stream = new MemoryStream(bytes);
        using var read = MimeMessage.Load(stream);
        var expected = new List<HeaderId> { HeaderId.Date, HeaderId.MessageId, HeaderId.From, HeaderId.To, HeaderId.Subject, HeaderId.MimeVersion };
        if (mail.Cc.Count > 0) expected.Add(HeaderId.Cc);
        Assert.Equal(expected.Order(), read.Headers.Select(x => x.Id).Order());
        Assert.Equal(mail.Subject, read.Subject);
        Assert.DoesNotContain(read.Subject ?? "", char.IsControl);
        Assert.Equal(1 + mail.Cc.Count + 1, read.From.Mailboxes.Count() + read.To.Mailboxes.Count() + read.Cc.Mailboxes.Count());
        Assert.All(read.From.Mailboxes.Concat(read.To.Mailboxes).Concat(read.Cc.Mailboxes), x => Assert.DoesNotContain(x.Name ?? "", char.IsControl));
        if (field == "to name" && read.To.Mailboxes.Single().Name is { } name) Assert.Equal(trick, name);
        if (mail.Html is not null && mail.Text is not null) Assert.Equal(2, ((Multipart)read.Body!).Count);
    }

    [Theory]
    [InlineData("Order 17 – Grüße 👋", null)]
    [InlineData("", null)]
    [InlineData("a\rb", "line break at character 2")]
    [InlineData("a\nb", "line break at character 2")]
    [InlineData("\0", "U+0000")]
    [InlineData("a\tb", "U+0009")]
    [InlineData("a\u007f", "U+007F")]
    public void A_header_problem_is_a_sentence(string value, string? part)
    {
        if (part is null) Assert.Null(MailComposer.HeaderProblem(value));
        else Assert.Contains(part, MailComposer.HeaderProblem(value), StringComparison.Ordinal);
        Assert.Contains("half a character", MailComposer.HeaderProblem("a\uD83D"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two  blanks   inside")]
    [InlineData("=?utf-8?q?literal?=")]
    [InlineData("a=?b?= ä =?utf-8?q?x?=")]
    [InlineData("ä  ö   ü")]
    [InlineData("=?")]
    public void A_subject_arrives_as_it_was_written(string subject)
    {
        foreach (var text in (string[])[subject, subject + string.Concat(Enumerable.Repeat(" länger und länger", 40)), subject + new string('x', 3_000)])
        {
            using var stream = new MemoryStream(Bytes(Post.Mail(subject: text)));
            using var read = MimeMessage.Load(stream);
            Assert.Equal(text, read.Subject);
        }
    }

    [Fact]
    public void The_same_mail_makes_the_same_bytes() => Assert.Equal(Bytes(Post.Mail(html: "<p>ä")), Bytes(Post.Mail(html: "<p>ä")));

    private static byte[] Bytes(OutgoingMail mail)
    {
        using var message = MailComposer.Compose(mail, new DateTimeOffset(2027, 1, 10, 12, 0, 0, TimeSpan.Zero));
        using var stream = new MemoryStream();
        message.WriteTo(stream);
        var head = Encoding.Latin1.GetString(stream.ToArray()).Split(["\r\n\r\n", "\n\n"], StringSplitOptions.None)[0];
        Assert.DoesNotContain("\nBcc", head, StringComparison.OrdinalIgnoreCase);
        return stream.ToArray();
    }
}
