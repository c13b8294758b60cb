using System.Text;

namespace PromptDesigner.Support;

/// <summary>Lines of a connection, as bytes.</summary>
internal sealed class SmtpLines(Stream stream, CancellationToken stop)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next line without its end; null: the other side has closed.</summary>
    public async Task<string?> ReadAsync() => await ReadRawAsync() is { } line ? Encoding.UTF8.GetString(line.Span).TrimEnd('\r', '\n') : null;

    /// <summary>The next line with its end, valid until the next call; null: the other side has closed.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadRawAsync()
    {
        var seen = 0;
        int at;
        while ((at = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf((byte)'\n')) < 0)
        {
            seen = _end - _start;
            if (!await FillAsync()) return null;
        }
        var line = _buffer.AsMemory(_start, seen + at + 1);
        _start += line.Length;
        return line;
    }

    /// <summary>Waits until something is there; false: the other side has closed.</summary>
    public async Task<bool> PeekAsync() => _end > _start || await FillAsync();

    /// <summary>Says one line, or several.</summary>
    public async Task WriteAsync(string line) => await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), stop);

    private async Task<bool> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), stop);
        _end += read;
        return read > 0;
    }
}
