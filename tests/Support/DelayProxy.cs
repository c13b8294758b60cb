using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace PromptDesigner.Support;

/// <summary>A slow network: every byte arrives a fixed time after it was sent, in order, both ways.</summary>
public sealed class DelayProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _delay;
    private readonly int _to;

    /// <param name="address">Where it leads.</param>
    /// <param name="roundTrip">What it adds to a request and its answer together.</param>
    public DelayProxy(string address, TimeSpan roundTrip)
    {
        (_to, _delay) = (new Uri(address).Port, roundTrip / 2);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // it is over
        }
    }

    private async Task ServeAsync(TcpClient from)
    {
        using var client = from;
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _to, _stop.Token);
            await Task.WhenAny(PumpAsync(client.GetStream(), server.GetStream()), PumpAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // one of the two has gone
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var late = Channel.CreateUnbounded<(DateTime At, byte[] Bytes)>();
        var writing = Task.Run(async () =>
        {
            await foreach (var (at, bytes) in late.Reader.ReadAllAsync(_stop.Token))
            {
                if (at - DateTime.UtcNow is { Ticks: > 0 } left) await Task.Delay(left, _stop.Token);
                await to.WriteAsync(bytes, _stop.Token);
            }
        });
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var read) late.Writer.TryWrite((DateTime.UtcNow + _delay, buffer[..read]));
        late.Writer.Complete();
        await writing;
    }
}
