using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PromptDesigner.Support;

/// <summary>A mail server on loopback that does what a script says at each moment and keeps a witness log. Plain sockets, since it has to fail in ways no mail server offers.</summary>
public sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<Task> _talks = [];
    private readonly Func<SmtpMoment, string, SmtpDeed?> _script;
    private readonly Task _accepting;

    /// <param name="script">What to do at a moment, given the line that led to it; null: what is right.</param>
    public ScriptedSmtpServer(Func<SmtpMoment, string, SmtpDeed?>? script = null)
    {
        _script = script ?? ((_, _) => null);
        _listener.Server.ReceiveBufferSize = 8 * 1024;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What it offers after EHLO.</summary>
    public IReadOnlyList<string> Offers { get; init; } = ["PIPELINING", "8BITMIME", "AUTH PLAIN"];

    /// <summary>For STARTTLS, or for the whole connection.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Encrypted from the first byte.</summary>
    public bool TlsFromTheStart { get; init; }

    /// <summary>The one password it takes.</summary>
    public string Password { get; init; } = "right";

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every command so far, in order; those after STARTTLS with a leading <c>*</c>.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>Every message that came whole.</summary>
    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    /// <summary>Those it took over with a 2xx.</summary>
    public IEnumerable<TakenMail> Delivered => Taken.Where(x => x.Answer is ['2', ..]);

    /// <summary>Done when the script has made it silent.</summary>
    public Task Silent => _silent.Task;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_talks);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _talks.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // it stops
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                Stream stream = new NetworkStream(socket);
                if (TlsFromTheStart) stream = await EncryptAsync(stream);
                await TalkAsync(new SmtpLines(stream, _stop.Token), stream);
            }
            catch (BrokenOffException)
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // the client left, or a deed ended the talk
            }
        }
    }

    private async Task TalkAsync(SmtpLines lines, Stream stream)
    {
        var (mark, sender, recipients) = ("", "", new List<string>());
        await DoAsync(lines, SmtpMoment.Greeting, "", "220 scripted.test ESMTP");
        while (await lines.ReadAsync() is { } line)
        {
            Commands.Enqueue(mark + line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await DoAsync(lines, SmtpMoment.Hello, line, "250-scripted.test" + string.Concat(Offers.Where(x => mark == "" || x != "STARTTLS").Select(x => "\r\n250-" + x)) + "\r\n250 HELP");
                    break;
                case "HELO":
                    await DoAsync(lines, SmtpMoment.Hello, line, "250 scripted.test");
                    break;
                case "STARTTLS":
                    if ((await DoAsync(lines, SmtpMoment.StartTls, line, "220 go on"))![0] != '2') break;
                    (stream, mark) = (await EncryptAsync(stream), "*");
                    lines = new SmtpLines(stream, _stop.Token);
                    break;
                case "AUTH":
                    var right = line.Split(' ') is [_, _, var words] && Encoding.UTF8.GetString(Convert.FromBase64String(words)).EndsWith("\0" + Password, StringComparison.Ordinal);
                    await DoAsync(lines, SmtpMoment.Login, line, right ? "235 2.7.0 welcome" : "535 5.7.8 wrong user or password");
                    break;
                case "MAIL":
                    (sender, recipients) = (Address(line), []);
                    await DoAsync(lines, SmtpMoment.Sender, line, "250 2.1.0 sender ok");
                    break;
                case "RCPT":
                    if ((await DoAsync(lines, SmtpMoment.Recipient, line, "250 2.1.5 recipient ok"))![0] == '2') recipients.Add(Address(line));
                    break;
                case "DATA":
                    if ((await DoAsync(lines, SmtpMoment.Data, line, "354 go on"))![0] != '3') break;
                    var content = await BodyAsync(lines);
                    var deed = _script(SmtpMoment.Dot, line) ?? SmtpDeed.Say("250 2.0.0 queued as 42"); // asked once: a script may go by chance
                    Taken.Enqueue(new TakenMail(sender, recipients, content, deed.Answer));
                    await DoAsync(lines, deed);
                    break;
                case "RSET":
                    await DoAsync(lines, SmtpMoment.Reset, line, "250 2.0.0 forgotten");
                    break;
                case "QUIT":
                    await DoAsync(lines, SmtpMoment.Quit, line, "221 2.0.0 bye");
                    return;
                default:
                    await lines.WriteAsync("502 5.5.1 not known here");
                    break;
            }
        }
    }

    private async Task<byte[]> BodyAsync(SmtpLines lines)
    {
        using var content = new MemoryStream();
        await DoAsync(lines, SmtpMoment.Body, "", null, await lines.PeekAsync());
        while (await lines.ReadRawAsync() is { } line)
        {
            if (line.Span.SequenceEqual(".\r\n"u8)) return content.ToArray();
            content.Write(line.Span[0] == '.' ? line.Span[1..] : line.Span);
        }
        throw new IOException("The client left in the middle of a message.");
    }

    private Task<string?> DoAsync(SmtpLines lines, SmtpMoment moment, string line, string? usual, bool ask = true) =>
        DoAsync(lines, (ask ? _script(moment, line) : null) ?? new SmtpDeed(usual, SmtpEnd.GoOn));

    private async Task<string?> DoAsync(SmtpLines lines, SmtpDeed deed)
    {
        if (deed.Answer is { } answer) await lines.WriteAsync(answer);
        switch (deed.Then)
        {
            case SmtpEnd.Close: throw new IOException("The script closes the connection.");
            case SmtpEnd.Break: throw new BrokenOffException();
            case SmtpEnd.Silence:
                _silent.TrySetResult();
                await Task.Delay(Timeout.Infinite, _stop.Token);
                break;
        }
        return deed.Answer;
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
        return tls;
    }

    private static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    private sealed class BrokenOffException : Exception;
}
