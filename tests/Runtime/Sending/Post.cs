using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>Mails, servers and a clock for the tests of sending.</summary>
internal static class Post
{
    public static readonly TimeSpan Allowed = TimeSpan.FromSeconds(30);

    public static readonly X509Certificate2 Certificate = MakeCertificate();

    public static OutgoingMail Mail(string? text = "Hello\r\n", string? html = null, string subject = "Order 17", string from = "Shop <shop@example.com>", string[]? to = null, string[]? cc = null, string messageId = "<0198@app.example.com>") =>
        new(new Guid("01980000-0000-7000-8000-000000000001"), messageId, from, to ?? ["anna@example.com"], cc ?? [], subject, text, html);

    public static MailServer At(int port, MailSecurity security = MailSecurity.None, string? user = null, string? password = null, string host = "127.0.0.1") =>
        new(host, port, security, user, password, "Shop <shop@example.com>");

    /// <summary>A mail that no pair of socket buffers holds.</summary>
    public static OutgoingMail Large() => Mail(text: null, html: Html(24_000_000));

    public static string Html(int length)
    {
        const string Row = "<p>Grüße aus dem Büro, Zeile mit <b>Zeichen</b> &amp; so weiter.</p>\r\n";
        return string.Concat(Enumerable.Repeat(Row, length / Row.Length + 1)).TrimEnd();
    }

    /// <summary>
    /// One attempt. Where the server goes silent, the time allowed passes at once; a real half minute that passes before is a failure.
    /// </summary>
    public static async Task<Delivery> SendAsync(ScriptedSmtpServer server, OutgoingMail mail, MailSecurity security = MailSecurity.None, string? user = null, string? password = null, bool trusting = true)
    {
        var clock = new FakeTimeProvider();
        var delivery = new SmtpDelivery(clock, trusting ? (_, _, _, _) => true : null);
        var sending = delivery.SendAsync(At(server.Port, security, user, password, security == MailSecurity.None ? "127.0.0.1" : "localhost"), mail, Allowed, CancellationToken.None);
        if (await Task.WhenAny(sending, server.Silent).WaitAsync(Allowed) != sending) clock.Advance(Allowed);
        return await sending.WaitAsync(Allowed);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
