using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Notices;

/// <summary>
/// Sends people what they are told, of each workspace one mail after the other. As with the mails of pipelines the intention is stored before a server is asked and the
/// result after; what a dead process left in between is not sent again.
/// </summary>
public sealed partial class NoticeDispatcher : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(60);

    private readonly JournalWriter _writer;
    private readonly ReadConnections _read;
    private readonly MailServers _servers;
    private readonly SmtpDelivery _smtp;
    private readonly ApplicationAddress _address;
    private readonly TimeProvider _clock;
    private readonly CrashPoints _crash;
    private readonly ILogger<NoticeDispatcher> _log;
    private readonly ConcurrentDictionary<int, Task> _senders = [];
    private DateTimeOffset _forgotten;

    internal NoticeDispatcher(JournalWriter writer, ReadConnections read, MailServers servers, SmtpDelivery smtp, ApplicationAddress address, TimeProvider clock, CrashPoints crash, ILogger<NoticeDispatcher> log)
    {
        (_writer, _read, _servers, _smtp) = (writer, read, servers, smtp);
        (_address, _clock, _crash, _log) = (address, clock, crash, log);
    }

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await _writer.WriteAsync(t => NoticeClaims.LeaveUncertain(t, _clock.GetUtcNow()));
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // nobody waits for less than the minute in which notices gather, so a look every two seconds needs no signal beside it
        using var timer = new PeriodicTimer(LookEvery, TimeProvider.System);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // the program stops; what is on its way comes to its end, or is uncertain at the next start
        }
        await Task.WhenAll(_senders.Values);
    }

    /// <summary>Gives every workspace in which something is due its sender.</summary>
    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            var now = _clock.GetUtcNow();
            foreach (var due in (await DueAsync(now, stop)).GroupBy(x => x.Workspace))
                if (!_senders.TryGetValue(due.Key, out var sender) || sender.IsCompleted) _senders[due.Key] = Task.Run(() => SendAllAsync(due.Key, [.. due], stop), CancellationToken.None);
            if (now - _forgotten < ForgetEvery) return;
            _forgotten = now;
            await _writer.WriteAsync(t => NoticeClaims.Forget(t, now - Kept));
        }
        catch (Exception error) when (error is not OperationCanceledException and not SimulatedCrashException)
        {
            LookFailed(_log, error); // the database is out of reach for a while; the next look tries again
        }
    }

    private Task<List<DueNotices>> DueAsync(DateTimeOffset now, CancellationToken cancel) => _read.ReadAsync(NoticeClaims.Due, x => new DueNotices(x.GetInt32(0), x.Id(1), x.GetInt32(2) != 0), cancel, now);

    private async Task SendAllAsync(int workspace, IReadOnlyList<DueNotices> all, CancellationToken stop)
    {
        try
        {
            foreach (var due in all)
            {
                if (stop.IsCancellationRequested) return;
                if (await _servers.OfAsync(workspace, CancellationToken.None) is { } server) await SendAsync(due, server, stop);
                else
                {
                    await _writer.WriteAsync(t => NoticeClaims.GiveUp(t, workspace, _clock.GetUtcNow()));
                    return;
                }
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

    /// <summary>Sends one person one mail.</summary>
    private async Task SendAsync(DueNotices due, MailServer server, CancellationToken stop)
    {
        var now = _clock.GetUtcNow();
        if (await _writer.WriteAsync(t => NoticeClaims.Claim(t, due, now)) is not { } mail) return;
        _crash.Hit("notice.after-intent");
        var delivery = await _smtp.SendAsync(server, NoticeLetter.Of(mail, server, path => _address.Link(mail.Address, path)), Allowed, stop);
        _crash.Hit("notice.after-transmit");
        var outcome = Outcome(mail, delivery);
        while (true)
        {
            try
            {
                _crash.Hit("notice.before-outcome");
                await _writer.WriteAsync(t => NoticeClaims.Keep(t, mail, outcome, _clock.GetUtcNow()));
                return;
            }
            catch (Exception error) when (error is not SimulatedCrashException)
            {
                LookFailed(_log, error);
                await Task.Delay(LookEvery, _clock, stop); // nobody else knows what became of it; a program that stops now leaves it uncertain
            }
        }
    }

    private NoticeOutcome Outcome(NoticeMail mail, Delivery delivery)
    {
        var (now, attempts) = (_clock.GetUtcNow(), mail.Items.Max(x => x.Attempts));
        return delivery switch
        {
            Delivery.Sent sent => new NoticeOutcome(NoticeStatus.Sent, null, sent.Answer),
            Delivery.Uncertain uncertain => new NoticeOutcome(NoticeStatus.Uncertain, "uncertain", uncertain.Message),
            Delivery.Refused refused => new NoticeOutcome(NoticeStatus.Failed, refused.Code, refused.Message),
            Delivery.Later { Code: "stopped" } stopped => new NoticeOutcome(NoticeStatus.Waiting, stopped.Code, stopped.Message, now),
            Delivery.Later later when mail.Items.Min(x => x.DueAt) + NoticeTimes.Patience <= now => new NoticeOutcome(NoticeStatus.Failed, later.Code, $"{later.Message} It was tried {attempts} times in a day."),
            Delivery.Later later => new NoticeOutcome(NoticeStatus.Waiting, later.Code, later.Message, now + NoticeTimes.Pause(attempts)),
            _ => throw new InvalidOperationException($"Unknown delivery {delivery.GetType().Name}."),
        };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending notices failed; it is tried again")]
    private static partial void LookFailed(ILogger logger, Exception error);
}
