namespace PromptDesigner.Runtime.ModelCalls.Providers;

/// <summary>An answer's body: at most 10 MB after decompression, and never silent for more than 30 seconds.</summary>
internal sealed class BoundedStream(Stream inner, ModelHttp.Exchange exchange, TimeProvider clock) : Stream
{
    private const long MostBytes = 10 * 1024 * 1024;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
        if (reading.IsCompleted) return Count(await reading);
        try
        {
            return Count(await reading.AsTask().WaitAsync(LongestSilence, clock, cancellationToken));
        }
        catch (TimeoutException)
        {
            await inner.DisposeAsync();
            throw exchange.Failure = new ProviderFailure(FailureKind.Timeout, "The model's answer broke off: nothing came for 30 seconds.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int count)
    {
        _read += count;
        if (_read > MostBytes) throw exchange.Failure = new ProviderFailure(FailureKind.Request, "The model's answer is larger than 10 MB and was not read.");
        return count;
    }
}
