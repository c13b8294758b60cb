using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Sending;

/// <summary>
/// Sends what the outbox holds, of each workspace one mail after the other. The intention is stored before a server is asked, the result
/// after; what a dead process left in between is uncertain, and nothing sends it again but a person.
/// </summary>
public sealed partial class MailDispatcher : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(4);

    private readonly JournalWriter _writer;
    private readonly RunDispatcher _runs;
    private readonly RunFeed _feed;
    private readonly MailServers _servers;
    private readonly SmtpDelivery _smtp;
    private readonly OutboxSignal _signal;
    private readonly TimeProvider _clock;
    private readonly CrashPoints _crash;
    private readonly ILogger<MailDispatcher> _log;
    private readonly ConcurrentDictionary<int, Task> _senders = [];

    internal MailDispatcher(JournalWriter writer, RunDispatcher runs, RunFeed feed, MailServers servers, SmtpDelivery smtp, OutboxSignal signal, TimeProvider clock, CrashPoints crash, ILogger<MailDispatcher> log)
    {
        (_writer, _runs, _feed, _servers, _smtp) = (writer, runs, feed, servers, smtp);
        (_signal, _clock, _crash, _log) = (signal, clock, crash, log);
    }

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await _writer.WriteAsync(t => MailUnits.LeaveUncertain(t, _clock.GetUtcNow()))) await _runs.EnqueueAsync(run, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken);
                await _signal.WaitAsync(LookEvery, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops; what is on its way comes to its end, or is uncertain at the next start
        }
        await Task.WhenAll(_senders.Values);
    }

    /// <summary>Gives every workspace that has something to send its sender.</summary>
    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            var now = _clock.GetUtcNow();
            foreach (var workspace in await _writer.WriteAsync(t => MailUnits.WithSomethingToSend(t, now)))
                if (!_senders.TryGetValue(workspace, out var sender) || sender.IsCompleted) _senders[workspace] = Task.Run(() => SendAllAsync(workspace, stop), CancellationToken.None);
        }
        catch (Exception error) when (error is not OperationCanceledException and not SimulatedCrashException)
        {
            LookFailed(_log, error); // the database is out of reach for a while; the next look tries again
        }
    }

    private async Task SendAllAsync(int workspace, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && await SendNextAsync(workspace, stop))
            {
            }
        }
        catch (SimulatedCrashException)
        {
            // a test lets the process die here
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LookFailed(_log, error);
        }
    }

    /// <summary>Sends one mail. False where nothing is to be sent now.</summary>
    private async Task<bool> SendNextAsync(int workspace, CancellationToken stop)
    {
        var now = _clock.GetUtcNow();
        var claim = await _writer.WriteAsync(t => MailUnits.Claim(t, workspace, now));
        if (claim is not { Mail: { } mail }) return claim is not null && await WakeAsync(claim);
        _crash.Hit("send.after-intent");
        var delivery = await _servers.OfAsync(workspace, CancellationToken.None) is { } server
            ? await _smtp.SendAsync(server, Outgoing(mail, server), TimeSpan.FromSeconds(Part(mail.Retry, 3)), stop)
            : new Delivery.Later("no_server", "There is no mail server any more. Set one up under Settings, Mail.");
        _crash.Hit("send.after-transmit");
        return await WakeAsync(await KeepAsync(mail, Outcome(mail, delivery), stop));
    }

    /// <summary>Stores what a send came to, however long the database is out of reach: nobody else knows it, and unless the program stops nobody would ask.</summary>
    private async Task<MailMoved> KeepAsync(Mail mail, MailOutcome outcome, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                _crash.Hit("send.before-outcome");
                return await _writer.WriteAsync(t => MailUnits.Keep(t, mail, outcome, _clock.GetUtcNow()));
            }
            catch (Exception error) when (error is not SimulatedCrashException)
            {
                LookFailed(_log, error);
                await Task.Delay(LookEvery, _clock, stop); // a program that stops now asks a person at its next start
            }
        }
    }

    private async Task<bool> WakeAsync(MailMoved moved)
    {
        if (moved.Woken is { } run) await _runs.EnqueueAsync(run, CancellationToken.None);
        else _runs.Wake(moved.Run);
        _feed.Changed(moved.Run);
        return true;
    }

    private MailOutcome Outcome(Mail mail, Delivery delivery) => delivery switch
    {
        Delivery.Sent sent => new MailOutcome(MailStatus.Sent, null, sent.Answer),
        Delivery.Uncertain uncertain => new MailOutcome(MailStatus.Uncertain, "uncertain", uncertain.Message),
        Delivery.Refused refused => new MailOutcome(MailStatus.Failed, refused.Code, refused.Message),
        Delivery.Later { Code: "stopped" } stopped => new MailOutcome(MailStatus.Waiting, stopped.Code, stopped.Message, _clock.GetUtcNow()),
        Delivery.Later later when mail.Attempts >= Part(mail.Retry, 0) => new MailOutcome(MailStatus.Failed, later.Code, $"{later.Message} It was tried {mail.Attempts} times."),
        Delivery.Later later => new MailOutcome(MailStatus.Waiting, later.Code, later.Message, _clock.GetUtcNow() + Pause(mail)),
        _ => throw new InvalidOperationException($"Unknown delivery {delivery.GetType().Name}."),
    };

    private static TimeSpan Pause(Mail mail)
    {
        var seconds = Part(mail.Retry, 1) * (Part(mail.Retry, 2) > 0 ? Math.Pow(2, Math.Min(mail.Attempts - 1, 20)) : 1);
        return TimeSpan.FromSeconds(Math.Min(seconds, LongestPause.TotalSeconds));
    }

    private static double Part(string retry, int at) => double.Parse(retry.Split(' ')[at], CultureInfo.InvariantCulture);

    private static OutgoingMail Outgoing(Mail mail, MailServer server) =>
        new(mail.Id, mail.MessageId, mail.From ?? server.From, Mail.Lines(mail.To), Mail.Lines(mail.Cc), mail.Subject, mail.Text, mail.Html);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending mail failed; it is tried again")]
    private static partial void LookFailed(ILogger logger, Exception error);
}
