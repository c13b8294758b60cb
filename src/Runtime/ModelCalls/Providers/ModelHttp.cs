using System.Net;

namespace PromptDesigner.Runtime.ModelCalls.Providers;

/// <summary>The one way out to providers: no redirects, proxies or cookies; answers bounded in size and in silence; each request carries its call key.</summary>
internal sealed class ModelHttp : DelegatingHandler
{
    private const int LongestError = 64 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly AsyncLocal<Exchange?> Current = new();

    private readonly TimeProvider _clock;

    public ModelHttp(TimeProvider clock)
        : base(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All, MaxResponseHeadersLength = 64,
            ConnectTimeout = TimeSpan.FromSeconds(15), PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }) => _clock = clock;

    /// <summary>Names the request that the current flow of control is about to send, and takes down what came of it.</summary>
    public static Exchange Begin(string key) => Current.Value = new Exchange(key);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var exchange = Current.Value;
        if (exchange is not null) request.Headers.TryAddWithoutValidation("X-Call-Key", exchange.Key);
        var response = await base.SendAsync(request, cancellationToken);
        if (exchange is null) return response;
        exchange.Status = response.StatusCode;
        if (response.Headers.RetryAfter is { } after)
            exchange.RetryAfter = Bounded(after.Delta ?? (after.Date is { } date ? date - _clock.GetUtcNow() : null));
        if ((int)response.StatusCode is >= 300 and < 400)
            throw exchange.Failure = new ProviderFailure(FailureKind.Request, $"The address answered with a redirect ({(int)response.StatusCode}), which is not followed. Check the connection's endpoint.");
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType is "text/html")
            throw exchange.Failure = new ProviderFailure(FailureKind.Server, "The address answered with a web page instead of an AI answer. Check the connection's endpoint.");
        response.Content = new BoundedContent(response.Content, exchange, _clock);
        if (!response.IsSuccessStatusCode) await KeepErrorAsync(response, exchange, cancellationToken);
        return response;
    }

    /// <summary>Reads what an error says: whoever streams would lose it.</summary>
    private static async Task KeepErrorAsync(HttpResponseMessage response, Exchange exchange, CancellationToken cancel)
    {
        var buffer = new byte[LongestError];
        var stream = await response.Content.ReadAsStreamAsync(cancel);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        exchange.Error = buffer[..length];
        response.Content = new ByteArrayContent(exchange.Error);
    }

    private static TimeSpan? Bounded(TimeSpan? wait) => wait switch
    {
        null => null,
        { } negative when negative < TimeSpan.Zero => TimeSpan.Zero,
        { } longer when longer > LongestWait => LongestWait,
        _ => wait,
    };

    /// <summary>One request and what its answer's head said.</summary>
    internal sealed class Exchange(string key)
    {
        public string Key { get; } = key;

        public HttpStatusCode? Status { get; set; }

        public TimeSpan? RetryAfter { get; set; }

        public ProviderFailure? Failure { get; set; }

        /// <summary>The body of an answer that is an error.</summary>
        public byte[] Error { get; set; } = [];
    }

    private sealed class BoundedContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly Exchange _exchange;
        private readonly TimeProvider _clock;

        public BoundedContent(HttpContent inner, Exchange exchange, TimeProvider clock)
        {
            _inner = inner;
            _exchange = exchange;
            _clock = clock;
            foreach (var header in inner.Headers) Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new BoundedStream(_inner.ReadAsStream(cancellationToken), _exchange, _clock);

        protected override async Task<Stream> CreateContentReadStreamAsync() => new BoundedStream(await _inner.ReadAsStreamAsync(), _exchange, _clock);

        protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            new BoundedStream(await _inner.ReadAsStreamAsync(cancellationToken), _exchange, _clock);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var bounded = new BoundedStream(await _inner.ReadAsStreamAsync(), _exchange, _clock);
            await bounded.CopyToAsync(stream);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using var bounded = new BoundedStream(await _inner.ReadAsStreamAsync(cancellationToken), _exchange, _clock);
            await bounded.CopyToAsync(stream, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
