using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace PromptDesigner.Designer.Tests;

/// <summary>The connection of a live page without a browser, to send what no browser would.</summary>
public sealed class Circuit : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _heard = new();
    private int _calls;

    private Circuit()
    {
    }

    /// <summary>Opens a connection as the person of a browser; an error is a <see cref="WebSocketException"/> that names the status.</summary>
    public static async Task<Circuit> OpenAsync(string address, Browser browser, string? origin = null)
    {
        var negotiated = await browser.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null);
        var token = JsonDocument.Parse(negotiated.Text).RootElement.GetProperty("connectionToken").GetString();
        var circuit = new Circuit();
        circuit._socket.Options.SetRequestHeader("Cookie", browser.Cookies);
        circuit._socket.Options.SetRequestHeader("Origin", origin ?? address);
        using var time = new CancellationTokenSource(Patience);
        try
        {
            await circuit._socket.ConnectAsync(new Uri($"{address.Replace("http", "ws", StringComparison.Ordinal)}/_blazor?id={token}"), time.Token);
            await circuit._socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Binary, true, time.Token);
            await circuit.HearAsync("{}\u001e");
            return circuit;
        }
        catch (WebSocketException)
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a circuit without components.</summary>
    public async Task StartAsync(string address)
    {
        await CallAsync("StartCircuit", address + "/", address + "/runs", "[]", "");
        await HearAsync("CfDJ8"); // the circuit's id, protected
    }

    /// <summary>Calls a method of the hub with texts and whole numbers below 128; null is a null.</summary>
    public async Task CallAsync(string method, params object?[] arguments)
    {
        using var body = new MemoryStream();
        body.WriteByte(0x96); // an invocation: six parts
        body.WriteByte(1);
        body.WriteByte(0x80); // no headers
        Write(body, (++_calls).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Write(body, method);
        body.WriteByte((byte)(0x90 | arguments.Length));
        foreach (var argument in arguments) Write(body, argument);
        body.WriteByte(0x90); // no streams
        await SendAsync(body.ToArray());
    }

    /// <summary>Sends bytes as one message, with their length before them.</summary>
    public async Task SendAsync(byte[] body)
    {
        var head = new List<byte>();
        var length = body.Length;
        for (; length > 0x7f; length >>= 7) head.Add((byte)(length & 0x7f | 0x80));
        head.Add((byte)length);
        using var time = new CancellationTokenSource(Patience);
        await _socket.SendAsync((byte[])[.. head, .. body], WebSocketMessageType.Binary, true, time.Token);
    }

    /// <summary>Listens until a text was heard; a connection that ends before is an error.</summary>
    public async Task<string> HearAsync(string text)
    {
        using var time = new CancellationTokenSource(Patience);
        var piece = new byte[64 * 1024];
        while (!_heard.ToString().Contains(text, StringComparison.Ordinal))
        {
            var got = await _socket.ReceiveAsync(piece, time.Token);
            if (got.MessageType == WebSocketMessageType.Close) throw new WebSocketException($"The connection ended before '{text}' was heard: {_heard}");
            _heard.Append(Encoding.UTF8.GetString(piece, 0, got.Count));
        }
        var heard = _heard.ToString();
        _heard.Clear();
        return heard;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Write(Stream body, object? value)
    {
        if (value is null) body.WriteByte(0xc0);
        else if (value is int number) body.WriteByte((byte)number);
        else
        {
            var bytes = Encoding.UTF8.GetBytes((string)value);
            body.WriteByte(0xdb);
            body.Write([(byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length]);
            body.Write(bytes);
        }
    }
}
