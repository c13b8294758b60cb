using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace PromptDesigner.Runtime.Sending;

/// <summary>Turns what ended a talk into what is known about the mail. An answer of the server counts before anything else.</summary>
internal sealed class SmtpVerdict(MailServer server, OutgoingMail mail, TimeSpan timeout)
{
    private string Name => server.Name;

    /// <summary>A server's words as messages quote them.</summary>
    public static string Words(string answer) => HeaderText.Line(answer, 300);

    /// <summary>What is known after an exception.</summary>
    /// <param name="error">What ended the talk.</param>
    /// <param name="talk">How far it had come.</param>
    /// <param name="late">The time allowed had passed.</param>
    /// <param name="stopped">The caller ended it.</param>
    public Delivery On(Exception error, SmtpTalk talk, bool late, bool stopped) => error switch
    {
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } x => OnRecipients(x, talk),
        SmtpCommandException x => OnAnswer((int)x.StatusCode, x.Message, talk),
        ServiceNotAuthenticatedException x => OnAnswer(530, x.Message, talk),
        _ when talk.Whole => Unknowable(late, stopped),
        AuthenticationException x => OnLogin(x),
        NotSupportedException when talk.Stage == SmtpStage.LoggingIn => new Delivery.Later("login", $"{Name} offers no way to log in that is known here{Encrypted}. Take user and password out of the mail settings, or ask who runs the server."),
        NotSupportedException when talk.Stage == SmtpStage.Connecting => new Delivery.Later("tls", $"{Name} does not offer the encryption (STARTTLS) that the mail settings ask for; nothing was sent in the clear. Choose another port or security, or ask who runs the server."),
        _ when late => new Delivery.Later("silence", $"{Name} did not {Step(talk)} within {Seconds}; nothing was sent. It is busy, or the port or security in the mail settings is not the server's."),
        _ when stopped => new Delivery.Later("stopped", $"The mail was stopped before {Name} had the whole of it; nothing was sent. Send it again when you wish."),
        SslHandshakeException x => new Delivery.Later("tls", $"No secure connection to {Name} came about: {Reason(x)} Nothing was sent. Check host, port and security in the mail settings, and the server's certificate."),
        SocketException x when NoSuchHost(x) => NoHost(),
        ArgumentException or UriFormatException when talk.Stage == SmtpStage.Connecting => new Delivery.Later("settings", $"{Name} is not the address of a mail server. Write a name such as mail.example.com and a port from 1 to 65535 in the mail settings."),
        SocketException when talk.Stage == SmtpStage.Connecting => new Delivery.Later("no_connection", $"{Name} cannot be connected to: {Words(error.Message)}. Check the port, and whether the server runs and can be reached from here."),
        IOException { InnerException: null } when talk.Stage == SmtpStage.Connecting && error.Message.StartsWith("Failed to resolve", StringComparison.Ordinal) => NoHost(),
        SmtpProtocolException x when !x.Message.Contains("disconnected", StringComparison.Ordinal) => new Delivery.Later("not_smtp", $"What answers at {Name} does not speak as a mail server does ({Words(x.Message)}); nothing was sent. Check host, port and security in the mail settings."),
        SmtpProtocolException or IOException or ObjectDisposedException => new Delivery.Later("cut", $"{Name} cut the connection before it had the whole mail; nothing was sent. The network said: \"{Words(error.Message)}\". If this goes on, ask who runs the server."),
        _ => new Delivery.Later("fault", $"The mail could not be handed to {Name}; nothing was sent. The reason is in the program: {error.GetType().Name}, \"{Words(error.Message)}\"."),
    };

    private string Encrypted => server.Security == MailSecurity.None ? " (over an unencrypted connection)" : "";

    private string Seconds => $"{timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";

    private Delivery OnRecipients(SmtpCommandException first, SmtpTalk talk)
    {
        // a sequence that is out of order (503) follows from another answer and says nothing about a recipient
        var ever = (int)first.StatusCode == 421 ? [] : talk.RefusedRecipients.Where(x => x.Code is >= 500 and < 600 and not 503 and not 530).ToList();
        var who = ever.Count > 0 ? ever : [.. talk.RefusedRecipients.Take(1)];
        if (who.Count == 0) return OnAnswer((int)first.StatusCode, first.Message, talk);
        var names = string.Join(", ", who.Select(x => x.Address).Take(5)) + (who.Count > 5 ? $" and {who.Count - 5} more" : "");
        var code = Text(who[0].Code);
        return ever.Count > 0
            ? new Delivery.Refused(code, $"{Name} refuses the recipient {names}: {code} \"{Words(who[0].Words)}\". Nothing was sent, to nobody. Correct or remove the address.")
            : who[0].Code is >= 400 and < 500
                ? new Delivery.Later(code, $"{Name} does not take mail for {names} now: {code} \"{Words(who[0].Words)}\". Nothing was sent, to nobody. Later it may; if this goes on, ask who runs the server.")
                : OnAnswer(who[0].Code, who[0].Words, talk);
    }

    private Delivery OnAnswer(int number, string words, SmtpTalk talk)
    {
        var (code, quote) = (Text(number), $"{number} \"{Words(words)}\"");
        if (talk.Whole && number is >= 200 and < 300) return new Delivery.Sent(Words($"{code} {words}"));
        if (number == 530) return new Delivery.Later("login", $"{Name} wants a login or an encrypted connection first: {quote}. Nothing was sent. Set user, password and security in the mail settings.");
        if (number is >= 400 and < 500) return new Delivery.Later(code, $"{Name} cannot take the mail now: {quote}. Nothing was sent. Later it may; if this goes on, ask who runs the server.");
        if (number is >= 500 and < 600 && talk.Stage == SmtpStage.HandingOver) return new Delivery.Refused(code, $"{Name} refuses the mail: {quote}. Nothing was sent. Change what the server objects to, or ask who runs it.");
        if (number is >= 500 and < 600) return new Delivery.Later(code, $"{Name} refuses to talk: {quote}. Nothing was sent. Check host, port and security in the mail settings, or ask who runs the server.");
        return talk.Whole
            ? new Delivery.Uncertain($"{Name} had the whole mail and gave an answer without a meaning: {quote}. {FindOut}")
            : new Delivery.Later("not_smtp", $"{Name} gave an answer without a meaning: {quote}. Nothing was sent. Check host and port in the mail settings.");
    }

    private Delivery.Later OnLogin(AuthenticationException error)
    {
        // a number below 500 is about now, not about the password
        var code = error.InnerException is SmtpCommandException { StatusCode: var status } && (int)status is >= 400 and < 500 ? Text((int)status) : "login";
        return new Delivery.Later(code, code == "login"
            ? $"{Name} refuses the login of {HeaderText.Line(server.User ?? "", 80)}: \"{Words(error.Message)}\". Nothing was sent. Correct user and password in the mail settings."
            : $"{Name} cannot check the login now: \"{Words(error.Message)}\". Nothing was sent. Later it may; if this goes on, ask who runs the server.");
    }

    private Delivery.Uncertain Unknowable(bool late, bool stopped)
    {
        var what = late ? $"gave no answer within {Seconds}" : stopped ? "had given no answer when sending was stopped" : "cut the connection without an answer";
        return new Delivery.Uncertain($"{Name} was given the whole mail and {what}: it may have arrived. {FindOut}");
    }

    private string FindOut => $"Before it is sent again, look in the server's log for {HeaderText.Line(mail.MessageId, 120)}, or ask {HeaderText.Line(mail.To.Concat(mail.Cc).FirstOrDefault() ?? "the recipient", 120)}.";

    private Delivery.Later NoHost() => new("no_host", $"There is no {Name}: the name {HeaderText.Line(server.Host, 120)} is not known. Check it in the mail settings.");

    private static bool NoSuchHost(SocketException error) => error.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery;

    private static string Step(SmtpTalk talk) => talk.Stage switch
    {
        SmtpStage.Connecting => "answer",
        SmtpStage.LoggingIn => "answer the login",
        _ => "take the whole mail",
    };

    private static string Reason(SslHandshakeException error)
    {
        var lines = error.Message.Split('\n').Select(x => x.Trim(' ', '\r', '•')).Where(x => x.Length > 0).Skip(1).ToList();
        // MailKit's general advice is replaced by what the system said
        var said = lines.Count == 0 || lines[0].StartsWith("This usually", StringComparison.Ordinal) || lines[0].StartsWith("When connecting", StringComparison.Ordinal)
            ? error.GetBaseException().Message
            : string.Join(' ', lines);
        return $"\"{Words(said)}\".";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
