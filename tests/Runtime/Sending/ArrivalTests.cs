using System.Globalization;
using MimeKit;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>Mails arrive at a server that others wrote exactly as they were composed.</summary>
public sealed class ArrivalTests
{
    [Fact]
    public async Task Ten_mails_arrive_as_they_were_written()
    {
        await using var server = new RealMailServer();
        var delivery = new SmtpDelivery(TimeProvider.System);
        for (var i = 0; i < 10; i++)
        {
            var mail = Post.Mail(
                text: $".\r\n..\r\n.dot\r\nFrom here on\r\nblanks   \r\n\ttab\r\n{new string('x', 5_000)}\r\nGrüße, {i} 👋\r\n.\r\nend",
                html: $"<p>Grüße {i}</p>\r\n.<br>\r\n..\r\n" + new string('ä', 5_000),
                subject: $"Bestellung Nr. {i}: Grüße – 你好 =?utf-8?q?no?= 👋",
                to: ["\"Müller, Änne\" <anne@example.com>", "bob@xn--bcher-kva.example"],
                cc: ["Çelik <c@example.com>"],
                messageId: $"<{i.ToString(CultureInfo.InvariantCulture)}@app.example.com>");
            var known = await delivery.SendAsync(Post.At(server.Port), mail, Post.Allowed, CancellationToken.None);
            Assert.IsType<Delivery.Sent>(known);
            await Same(mail, server.Mails.Last());
        }
        Assert.Equal(10, server.Mails.Count);
    }

    [Fact]
    public async Task Five_megabytes_of_html_arrive()
    {
        await using var server = new RealMailServer();
        var mail = Post.Mail(text: null, html: Post.Html(5_000_000));
        Assert.IsType<Delivery.Sent>(await new SmtpDelivery(TimeProvider.System).SendAsync(Post.At(server.Port), mail, Post.Allowed, CancellationToken.None));
        await Same(mail, Assert.Single(server.Mails));
    }

    [Fact]
    public async Task Everything_that_a_server_offers_leaves_the_bytes_the_same()
    {
        var mail = Post.Mail(text: "Grüße\n.\r.\r\n\0", html: "<p>ä", to: ["a@xn--bcher-kva.example"]);
        var contents = new List<string>();
        foreach (var offers in (string[][])[[], ["PIPELINING", "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8", "DSN", "SIZE 10000000"]])
        {
            await using var server = new ScriptedSmtpServer { Offers = offers };
            Assert.IsType<Delivery.Sent>(await Post.SendAsync(server, mail));
            var taken = Assert.Single(server.Delivered);
            Assert.Equal(["a@xn--bcher-kva.example"], taken.Recipients);
            Assert.All(taken.Content, x => Assert.InRange(x, (byte)9, (byte)126));
            contents.Add(System.Text.Encoding.ASCII.GetString(taken.Content));
        }
        Assert.Equal(contents[0], contents[1]);
        Assert.All(contents[0].Split("\r\n"), x => Assert.True(x.Length <= 78 && !x.Contains('\n', StringComparison.Ordinal) && !x.Contains('\r', StringComparison.Ordinal), x));
    }

    private static async Task Same(OutgoingMail mail, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        using var arrived = await MimeMessage.LoadAsync(stream);
        Assert.Equal(mail.Subject, arrived.Subject);
        Assert.Equal(mail.MessageId, $"<{arrived.MessageId}>");
        Assert.Equal(Mailboxes([mail.From]), Mailboxes(arrived.From));
        Assert.Equal(Mailboxes(mail.To), Mailboxes(arrived.To));
        Assert.Equal(Mailboxes(mail.Cc), Mailboxes(arrived.Cc));
        var parts = arrived.BodyParts.OfType<TextPart>().ToList();
        Assert.Equal(new[] { mail.Text, mail.Html }.OfType<string>(), parts.Select(Content));
    }

    // MimeKit's own property changes line ends to the machine's
    private static string Content(TextPart part)
    {
        using var stream = new MemoryStream();
        part.Content!.DecodeTo(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static IEnumerable<string> Mailboxes(IEnumerable<string> texts) => texts.Select(x => MailAddresses.One(x).Mailbox!).Select(x => $"{x.Name}|{x.Address}");

    private static IEnumerable<string> Mailboxes(InternetAddressList list) => list.Mailboxes.Select(x => $"{x.Name ?? ""}|{x.Address}");
}
