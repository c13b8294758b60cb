using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PromptDesigner.Support;

/// <summary>
/// An OpenAI-shaped model on loopback that does what a script says and keeps a witness log. Plain sockets, since it has to break
/// connections in ways that no web server would; lean, since benchmarks share the machine with it.
/// </summary>
public sealed class ScriptedModelServer : IAsyncDisposable
{
    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ScriptedRequest, ScriptedReply>? _script;
    private readonly TimeSpan _latency;
    private readonly bool _keepsLog;
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<Task, byte> _talks = new();
    private int _count;

    /// <summary>Starts to listen.</summary>
    /// <param name="script">What to do with each request; null: answer.</param>
    /// <param name="latency">Time before each answer that the script does not delay itself.</param>
    /// <param name="keepsLog">False for benchmarks: only counts.</param>
    public ScriptedModelServer(Func<ScriptedRequest, ScriptedReply>? script = null, TimeSpan latency = default, bool keepsLog = true)
    {
        _script = script;
        _latency = latency;
        _keepsLog = keepsLog;
        _listener.Start(1_024);
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1";
        _accepting = AcceptAsync();
    }

    /// <summary>The address for a connection of kind <c>openai</c>.</summary>
    public string Address { get; }

    /// <summary>Every request so far, in order of receipt.</summary>
    public ConcurrentQueue<ScriptedRequest> Log { get; } = new();

    /// <summary>How many requests came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The answer to a request's body where no script says otherwise: a pure function of it.</summary>
    public static string AnswerTo(ReadOnlySpan<byte> body)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in body) hash = (hash ^ b) * 1099511628211UL;
        return string.Create(CultureInfo.InvariantCulture, $"Answer {hash:x16}.");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_talks.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                var talk = TalkAsync(socket);
                _talks.TryAdd(talk, 0);
                _ = talk.ContinueWith(x => _talks.TryRemove(x, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the server stops
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var filled = 0;
            while (true)
            {
                int head;
                while ((head = buffer.AsSpan(0, filled).IndexOf(HeadEnd)) < 0)
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                    if (read == 0) return;
                    filled += read;
                }
                var length = LengthOf(buffer.AsSpan(0, head));
                var whole = head + 4 + length;
                if (whole > buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(whole);
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                while (filled < whole)
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                    if (read == 0) return;
                    filled += read;
                }
                if (!await AnswerAsync(socket, buffer.AsMemory(0, head), buffer.AsMemory(head + 4, length))) return;
                buffer.AsSpan(whole, filled - whole).CopyTo(buffer);
                filled -= whole;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the client left, or the server stops
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            socket.Dispose();
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        var number = Interlocked.Increment(ref _count);
        ScriptedRequest? request = null;
        var reply = Default;
        if (_keepsLog || _script is not null)
        {
            request = new ScriptedRequest(number, HeaderOf(head.Span, "X-Call-Key: "u8), Between(body.Span, "\"model\":\""u8), Encoding.UTF8.GetString(body.Span), DateTimeOffset.UtcNow) { Authorization = HeaderOf(head.Span, "Authorization: "u8) };
            if (_keepsLog) Log.Enqueue(request);
            if (_script is not null) reply = _script(request);
        }
        var delay = reply.Delay > TimeSpan.Zero ? reply.Delay : _latency;
        if (delay > TimeSpan.Zero) await Task.Delay(delay, _stop.Token);
        if (reply.Until is { } until) await until.WaitAsync(_stop.Token);
        if (reply.Hang) await Task.Delay(Timeout.Infinite, _stop.Token);
        if (reply.Reset)
        {
            socket.LingerState = new LingerOption(true, 0);
            return false;
        }
        var streams = body.Span.IndexOf("\"stream\":true"u8) >= 0 && reply.Status == 200 && reply.Body is null;
        var content = reply.Body ?? OpenAiShape.Body(reply, reply.Text ?? AnswerTo(body.Span), streams);
        var bytes = OpenAiShape.Message(reply, content, streams);
        if (reply.CutAfter is { } cut) bytes = bytes[..Math.Min(bytes.Length, bytes.AsSpan().IndexOf(HeadEnd) + 4 + cut)];
        if (reply.SilentAfter is { } spoken)
        {
            await socket.SendAsync(bytes.AsMemory(0, Math.Min(bytes.Length, spoken)), _stop.Token);
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        if (reply.Drip > TimeSpan.Zero)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                await socket.SendAsync(bytes.AsMemory(i, 1), _stop.Token);
                await Task.Delay(reply.Drip, _stop.Token);
            }
        }
        else await socket.SendAsync(bytes, _stop.Token);
        if (request is not null) request.AnsweredAt = DateTimeOffset.UtcNow;
        return reply.CutAfter is null && !reply.NoLength;
    }

    private static ScriptedReply Default { get; } = new();

    private static int LengthOf(ReadOnlySpan<byte> head) =>
        int.TryParse(HeaderOf(head, "Content-Length: "u8), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;

    private static string HeaderOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        if (at < 0) return "";
        var rest = head[(at + name.Length)..];
        var end = rest.IndexOf((byte)'\r');
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }

    private static string Between(ReadOnlySpan<byte> body, ReadOnlySpan<byte> start)
    {
        var at = body.IndexOf(start);
        if (at < 0) return "";
        var rest = body[(at + start.Length)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0 ? "" : Encoding.UTF8.GetString(rest[..end]);
    }
}
