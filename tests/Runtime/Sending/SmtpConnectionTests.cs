using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>Reaching a server: names, ports, encryption, logins, and being stopped.</summary>
public sealed class SmtpConnectionTests
{
    [Fact]
    public async Task A_name_that_nobody_has_is_no_host()
    {
        var known = await SendAsync(Post.At(25, host: "no-such-host.invalid"));
        Assert.Equal("Later no_host", SmtpOutcomeTests.Short(known));
        Assert.Contains("no-such-host.invalid", SmtpOutcomeTests.Message(known), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_no_connection()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        var known = await SendAsync(Post.At(port));
        Assert.Equal("Later no_connection", SmtpOutcomeTests.Short(known));
        Assert.Contains($"127.0.0.1:{port}", SmtpOutcomeTests.Message(known), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 25)]
    [InlineData("a b", 25)]
    [InlineData("127.0.0.1", 70000)]
    public async Task A_server_that_is_none_is_a_matter_of_settings(string host, int port)
    {
        var known = SmtpOutcomeTests.Short(await SendAsync(Post.At(port, host: host)));
        Assert.True(known is "Later settings" or "Later no_host", known);
    }

    [Fact]
    public async Task A_server_without_the_encryption_asked_for_gets_nothing_not_even_a_login()
    {
        await using var server = new ScriptedSmtpServer { Offers = ["PIPELINING", "AUTH PLAIN"] };
        Assert.Equal("Later tls", SmtpOutcomeTests.Short(await Post.SendAsync(server, Post.Mail(), MailSecurity.StartTls, "shop", "right")));
        Assert.All(server.Commands, x => Assert.StartsWith("EHLO", x, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task A_certificate_that_the_system_does_not_trust_ends_the_talk(MailSecurity security)
    {
        await using var server = new ScriptedSmtpServer { Certificate = Post.Certificate, TlsFromTheStart = security == MailSecurity.Tls, Offers = ["STARTTLS", "AUTH PLAIN"] };
        var known = await Post.SendAsync(server, Post.Mail(), security, "shop", "right", trusting: false);
        Assert.Equal("Later tls", SmtpOutcomeTests.Short(known));
        Assert.DoesNotContain(server.Commands, x => x.Contains("AUTH", StringComparison.Ordinal) || x.Contains("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Over_an_encrypted_connection_a_mail_is_sent(MailSecurity security)
    {
        await using var server = new ScriptedSmtpServer { Certificate = Post.Certificate, TlsFromTheStart = security == MailSecurity.Tls, Offers = ["STARTTLS", "AUTH PLAIN"] };
        Assert.Equal(new Delivery.Sent("2.0.0 queued as 42"), await Post.SendAsync(server, Post.Mail(), security, "shop", "right"));
        var mark = security == MailSecurity.StartTls ? "*" : "";
        Assert.Contains(server.Commands, x => x.StartsWith(mark + "AUTH", StringComparison.Ordinal));
        Assert.Single(server.Delivered);
    }

    [Theory]
    [InlineData(SmtpMoment.Dot, "close", "Uncertain")]
    [InlineData(SmtpMoment.Dot, "break", "Uncertain")]
    [InlineData(SmtpMoment.Dot, "silence", "Uncertain")]
    [InlineData(SmtpMoment.Body, "break", "Later cut")]
    [InlineData(SmtpMoment.Body, "silence", "Later silence")]
    public async Task Encryption_changes_nothing_about_what_is_known(SmtpMoment moment, string deed, string expected)
    {
        var done = deed switch { "close" => SmtpDeed.Close, "break" => SmtpDeed.Break, _ => SmtpDeed.Silence };
        await using var server = new ScriptedSmtpServer((at, _) => at == moment ? done : null) { Certificate = Post.Certificate, TlsFromTheStart = true };
        Assert.Equal(expected, SmtpOutcomeTests.Short(await Post.SendAsync(server, moment == SmtpMoment.Body ? Post.Large() : Post.Mail(), MailSecurity.Tls)));
    }

    [Fact]
    public async Task A_handshake_that_stays_silent_is_silence_and_a_plain_answer_is_no_encryption()
    {
        await using var mute = new ScriptedSmtpServer((at, _) => at == SmtpMoment.StartTls ? new SmtpDeed("220 go on", SmtpEnd.Silence) : null) { Offers = ["STARTTLS"] };
        Assert.Equal("Later silence", SmtpOutcomeTests.Short(await Post.SendAsync(mute, Post.Mail(), MailSecurity.StartTls)));
        await using var plain = new ScriptedSmtpServer();
        Assert.Equal("Later tls", SmtpOutcomeTests.Short(await Post.SendAsync(plain, Post.Mail(), MailSecurity.Tls)));
    }

    [Fact]
    public async Task A_wrong_password_is_named_without_being_shown()
    {
        await using var server = new ScriptedSmtpServer();
        var known = await Post.SendAsync(server, Post.Mail(), user: "shop", password: "hunter2");
        Assert.Equal("Later login", SmtpOutcomeTests.Short(known));
        Assert.Contains("wrong user or password", SmtpOutcomeTests.Message(known), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", SmtpOutcomeTests.Message(known), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Post.At(25, password: "hunter2").ToString(), StringComparison.Ordinal);
        await using var without = new ScriptedSmtpServer { Offers = [] };
        Assert.Equal("Later login", SmtpOutcomeTests.Short(await Post.SendAsync(without, Post.Mail(), user: "shop", password: "right")));
    }

    [Theory]
    [InlineData(SmtpMoment.Sender, "Later stopped")]
    [InlineData(SmtpMoment.Dot, "Uncertain")]
    public async Task Stopping_is_answered_and_waits_for_an_answer_that_is_near(SmtpMoment moment, string expected)
    {
        await using var server = new ScriptedSmtpServer((at, _) => at == moment ? SmtpDeed.Silence : null);
        var clock = new FakeTimeProvider();
        using var cancel = new CancellationTokenSource();
        var sending = new SmtpDelivery(clock).SendAsync(Post.At(server.Port), Post.Mail(), Post.Allowed, cancel.Token);
        await server.Silent.WaitAsync(Post.Allowed);
        await cancel.CancelAsync();
        if (moment == SmtpMoment.Dot)
        {
            clock.Advance(TimeSpan.FromSeconds(4.9));
            Assert.False(sending.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(0.2));
        }
        Assert.Equal(expected, SmtpOutcomeTests.Short(await sending.WaitAsync(Post.Allowed)));
    }

    [Fact]
    public async Task A_mail_that_is_wrong_itself_asks_no_server()
    {
        await using var server = new ScriptedSmtpServer();
        Assert.Equal("Refused unfit", SmtpOutcomeTests.Short(await Post.SendAsync(server, Post.Mail(subject: "a\r\nBcc: x@example.com"))));
        Assert.Equal("Refused unfit", SmtpOutcomeTests.Short(await Post.SendAsync(server, Post.Mail(to: []))));
        Assert.Equal("Later settings", SmtpOutcomeTests.Short(await SendAsync(Post.At(server.Port) with { From = "nobody" })));
        Assert.Empty(server.Commands);
    }

    private static Task<Delivery> SendAsync(MailServer server) => new SmtpDelivery(TimeProvider.System).SendAsync(server, Post.Mail(), Post.Allowed, CancellationToken.None);
}
