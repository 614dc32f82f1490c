using System.Net.Http.Headers;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>
/// Passes requests on to an OTLP back end, byte for byte. Senders never wait for it: a bounded queue stands between, and
/// what finds it full is dropped and counted.
/// </summary>
sealed class OtlpForwarder : BackgroundService
{
    const int MaxQueued = 4096;
    const long MaxQueuedBytes = 64L << 20;
    const int MaxAttempts = 8;
    static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    /// <summary>At the end, what is queued has this long to leave.</summary>
    static readonly TimeSpan s_drain = TimeSpan.FromSeconds(2);

    readonly Channel<OtlpRequest> _queue = Channel.CreateBounded<OtlpRequest>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    readonly LocalCloudOptions _options;
    readonly ILogger<OtlpForwarder> _logger;
    readonly HttpClient? _http;
    readonly CallInvoker? _grpc;
    readonly Dictionary<string, string> _headers;
    long _queuedBytes, _forwarded, _droppedRequests;

    public OtlpForwarder(LocalCloudOptions options, ILogger<OtlpForwarder> logger)
    {
        _options = options;
        _logger = logger;
        _headers = ParseHeaders(options.ForwardHeaders);
        if (options.ForwardTo is not { } target) return;
        // No traceparent on what goes out: these calls are part of nobody's trace.
        var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        _http = new HttpClient(handler) { Timeout = s_timeout };
        if (options.ForwardProtocol != "grpc") return;
        _grpc = GrpcChannel.ForAddress(target, new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = OtlpHttp.MaxBody }).CreateCallInvoker();
    }

    public long Forwarded => Interlocked.Read(ref _forwarded);
    public long Dropped => Interlocked.Read(ref _droppedRequests);

    public void Enqueue(OtlpRequest request)
    {
        if (_http is null) return;
        if (Interlocked.Add(ref _queuedBytes, request.Body.Length) <= MaxQueuedBytes && _queue.Writer.TryWrite(request)) return;
        Interlocked.Add(ref _queuedBytes, -request.Body.Length);
        Drop("the queue is full");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_http is null) return;
        using var end = new CancellationTokenSource();
        using var registration = stoppingToken.Register(() =>
        {
            _queue.Writer.TryComplete();
            end.CancelAfter(s_drain);
        });
        try
        {
            await foreach (var request in _queue.Reader.ReadAllAsync(end.Token))
            {
                Interlocked.Add(ref _queuedBytes, -request.Body.Length);
                await SendAsync(request, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The time to drain is over.
        }
    }

    async Task SendAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        var delay = s_firstDelay;
        for (var attempt = 1; ; attempt++)
        {
            var failure = await TrySendAsync(request, cancellationToken);
            if (failure is null)
            {
                Interlocked.Increment(ref _forwarded);
                return;
            }
            if (!failure.Value.CanRetry || attempt == MaxAttempts)
            {
                Drop(failure.Value.Reason);
                return;
            }
            await Task.Delay(delay, cancellationToken);
            delay = delay * 2 < s_maxDelay ? delay * 2 : s_maxDelay;
        }
    }

    async Task<(string Reason, bool CanRetry)?> TrySendAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (_grpc is null) return await PostAsync(request, cancellationToken);
            if (request.IsJson) return ("a request in JSON cannot go on over gRPC", false);
            var headers = new Metadata();
            foreach (var (name, value) in _headers) headers.Add(name.ToLowerInvariant(), value);
            await _grpc.AsyncUnaryCall(OtlpGrpc.Method(request.Signal), null, new CallOptions(headers, DateTime.UtcNow + s_timeout, cancellationToken), request.Body);
            return null;
        }
        catch (RpcException exception)
        {
            // https://opentelemetry.io/docs/specs/otlp/#failures
            var canRetry = exception.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.OutOfRange
                or StatusCode.Unavailable or StatusCode.DataLoss or StatusCode.ResourceExhausted;
            return (exception.Status.ToString(), canRetry && !cancellationToken.IsCancellationRequested);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (exception.Message, true);
        }
    }

    async Task<(string Reason, bool CanRetry)?> PostAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        var path = $"v1/{request.Signal.ToString().ToLowerInvariant()}";
        var target = new Uri(_options.ForwardTo!.AbsoluteUri.TrimEnd('/') + "/" + path);
        using var message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.IsJson ? "application/json" : "application/x-protobuf");
        foreach (var (name, value) in _headers) message.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http!.SendAsync(message, cancellationToken);
        if (response.IsSuccessStatusCode) return null;
        return ($"HTTP {(int)response.StatusCode}", (int)response.StatusCode is 429 or 502 or 503 or 504);
    }

    void Drop(string reason)
    {
        var count = Interlocked.Increment(ref _droppedRequests);
        // The first, and then now and then.
        if (count % 1000 == 1) _logger.LogWarning("{Count} telemetry requests were not forwarded to {Target}: {Reason}", count, _options.ForwardTo, reason);
    }

    /// <summary><c>name=value,name=value</c>, values percent-encoded.</summary>
    static Dictionary<string, string> ParseHeaders(string text)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value]) headers[name] = Uri.UnescapeDataString(value);
        return headers;
    }

    public override void Dispose()
    {
        _http?.Dispose();
        base.Dispose();
    }
}
