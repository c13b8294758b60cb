using System.Net.Security;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace PromptDesigner.Runtime.Sending;

/// <summary>
/// Hands one mail to a server, once, and says exactly what is known afterwards. It never throws for what a server or a network does,
/// and never tries twice: whoever calls it decides that.
/// </summary>
public sealed class SmtpDelivery
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);
    private readonly TimeProvider _clock;
    private readonly RemoteCertificateValidationCallback? _trust;

    /// <summary>Checks certificates as the system does.</summary>
    public SmtpDelivery(TimeProvider clock) : this(clock, null)
    {
    }

    /// <param name="clock">Measures the time allowed.</param>
    /// <param name="trust">Judges certificates instead of the system; for tests.</param>
    internal SmtpDelivery(TimeProvider clock, RemoteCertificateValidationCallback? trust) => (_clock, _trust) = (clock, trust);

    /// <summary>One attempt, to all recipients or none.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="mail">What.</param>
    /// <param name="timeout">For everything together, from the first look for the server's name to its last answer.</param>
    /// <param name="cancel">
    /// Ends the attempt, which is answered with <see cref="Delivery.Later"/>. Once the whole mail is written, the answer is still
    /// awaited for five seconds, since giving up then makes it unknowable whether the mail arrived.
    /// </param>
    public async Task<Delivery> SendAsync(MailServer server, OutgoingMail mail, TimeSpan timeout, CancellationToken cancel)
    {
        var verdict = new SmtpVerdict(server, mail, timeout);
        var (sender, problem) = MailAddresses.One(server.From);
        if (sender is null) return new Delivery.Later("settings", $"The sender of the mail server {server.Name} is wrong. {problem}");
        MimeMessage message;
        try
        {
            message = MailComposer.Compose(mail, _clock.GetUtcNow());
        }
        catch (UnfitMailException error)
        {
            return new Delivery.Refused("unfit", error.Message);
        }
        using (message) return await SendAsync(server, message, sender, verdict, timeout, cancel);
    }

    private async Task<Delivery> SendAsync(MailServer server, MimeMessage message, MailboxAddress sender, SmtpVerdict verdict, TimeSpan timeout, CancellationToken cancel)
    {
        // MailKit's own clock is switched off and revocation lists are not fetched, as in every other connection of the program
        using var talk = new SmtpTalk { Timeout = Timeout.Infinite, CheckCertificateRevocation = false, ServerCertificateValidationCallback = _trust };
        using var deadline = new CancellationTokenSource(timeout, _clock);
        using var stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop.Token);
        await using var stopping = cancel.Register(() =>
        {
            if (talk.Whole) stop.CancelAfter(LastWait);
            else stop.Cancel();
        });
        Delivery known;
        try
        {
            known = new Delivery.Sent(SmtpVerdict.Words(await TalkAsync(talk, server, message, sender, end.Token)));
        }
        catch (Exception error)
        {
            // whatever it was, the question is the same: can the mail have arrived?
            known = verdict.On(error, talk, deadline.IsCancellationRequested, stop.IsCancellationRequested);
        }
        await LeaveAsync(talk);
        return known;
    }

    private static async Task<string> TalkAsync(SmtpTalk talk, MailServer server, MimeMessage message, MailboxAddress sender, CancellationToken end)
    {
        var security = server.Security switch
        {
            MailSecurity.None => SecureSocketOptions.None,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.SslOnConnect,
        };
        await talk.ConnectAsync(server.Host, server.Port, security, end);
        if (server.User is { Length: > 0 } user)
        {
            talk.Stage = SmtpStage.LoggingIn;
            await talk.AuthenticateAsync(user, server.Password ?? "", end);
        }
        talk.Stage = SmtpStage.HandingOver;
        talk.UseOnlyWhatIsNeeded();
        return await talk.SendAsync(FormatOptions.Default, message, sender, [.. message.To.Mailboxes, .. message.Cc.Mailboxes], end, talk);
    }

    // the outcome is known: a server that does not say goodbye changes nothing
    private async Task LeaveAsync(SmtpClient talk)
    {
        using var soon = new CancellationTokenSource(Farewell, _clock);
        try
        {
            await talk.DisconnectAsync(quit: true, soon.Token);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or TimeoutException or OperationCanceledException)
        {
            // it has gone already
        }
    }
}
