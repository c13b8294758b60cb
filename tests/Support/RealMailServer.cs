using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Net;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace PromptDesigner.Support;

/// <summary>The SmtpServer package on loopback: a mail server that others wrote, which keeps what it takes.</summary>
public sealed class RealMailServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Store _store = new();
    private readonly Task _serving;

    public RealMailServer()
    {
        // the package does not tell which port it was given, so one is looked for; nobody takes it in between but another test
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        var options = new SmtpServerOptionsBuilder().ServerName("real.test").Endpoint(x => x.Endpoint(new IPEndPoint(IPAddress.Loopback, Port))).Build();
        var parts = new ServiceProvider();
        parts.Add((IMessageStore)_store);
        _serving = new SmtpServer.SmtpServer(options, parts).StartAsync(_stop.Token);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Every message, as bytes, in order of receipt.</summary>
    public IReadOnlyCollection<byte[]> Mails => _store.Mails;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _serving;
        }
        catch (OperationCanceledException)
        {
            // that is how it stops
        }
        _stop.Dispose();
    }

    private sealed class Store : MessageStore
    {
        public ConcurrentQueue<byte[]> Mails { get; } = new();

        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            Mails.Enqueue(buffer.ToArray());
            return Task.FromResult(SmtpResponse.Ok);
        }
    }
}
