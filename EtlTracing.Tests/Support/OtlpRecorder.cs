using System.Collections.Concurrent;
using System.Net;
using EtlTracing.LocalAws.Otlp;
using EtlTracing.LocalAws.Otlp.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Tests.Support;

/// <summary>An OTLP back end that keeps what it gets: spans, metric names and logs, over gRPC and HTTP.</summary>
public sealed class OtlpRecorder : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<RecordedSpan> _spans = new();
    readonly ConcurrentQueue<string> _metrics = new();
    readonly ConcurrentQueue<RecordedLog> _logs = new();
    readonly ConcurrentQueue<IHeaderDictionary> _headers = new();

    OtlpRecorder(WebApplication app) => _app = app;

    public Uri Grpc => Address(0);
    public Uri Http => Address(1);

    public IReadOnlyList<RecordedSpan> Spans => [.. _spans];
    public IReadOnlyList<string> Metrics => [.. _metrics];
    public IReadOnlyList<RecordedLog> Logs => [.. _logs];

    /// <summary>Headers of each request.</summary>
    public IReadOnlyList<IHeaderDictionary> Headers => [.. _headers];

    /// <param name="grpcPort">0 for any, here and below.</param>
    /// <param name="httpPort">Where OTLP over HTTP is taken.</param>
    public static async Task<OtlpRecorder> StartAsync(int grpcPort = 0, int httpPort = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, httpPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        OtlpRecorder? recorder = null;
        builder.Services.AddSingleton<OtlpHandler>((request, _) => recorder!.Record(request));
        builder.Services.AddOtlpEndpoints();
        var app = builder.Build();
        recorder = new OtlpRecorder(app);
        app.Use((context, next) =>
        {
            recorder._headers.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            return next();
        });
        app.MapOtlpEndpoints();
        await app.StartAsync();
        return recorder;
    }

    /// <summary>Waits until enough has come; fails after half a minute, or as long as said, telling what there is.</summary>
    public async Task WaitForAsync(Func<OtlpRecorder, bool> condition, TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(30));
        while (!condition(this))
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"not met by {Spans.Count} spans ({string.Join(", ", Spans.Select(span => $"{span.Service}: {span.Name}"))}), {Metrics.Count} metrics, {Logs.Count} logs");
            await Task.Delay(20);
        }
    }

    ValueTask<OtlpResult> Record(OtlpRequest request)
    {
        switch (request.Signal)
        {
            case OtlpSignal.Traces:
                foreach (var resource in OtlpMessage.Traces(request).ResourceSpans)
                    foreach (var scope in resource.ScopeSpans)
                        foreach (var span in scope.Spans) _spans.Enqueue(RecordedSpan.From(span, scope.Scope?.Name ?? "", resource.Resource));
                break;
            case OtlpSignal.Metrics:
                foreach (var metric in OtlpMessage.Metrics(request).ResourceMetrics.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics)) _metrics.Enqueue(metric.Name);
                break;
            default:
                foreach (var resource in OtlpMessage.Logs(request).ResourceLogs)
                    foreach (var log in resource.ScopeLogs.SelectMany(scope => scope.LogRecords)) _logs.Enqueue(RecordedLog.From(log, resource.Resource));
                break;
        }
        return ValueTask.FromResult(OtlpResult.Accepted);
    }

    Uri Address(int index) => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal static IReadOnlyDictionary<string, object?> Values(IEnumerable<KeyValue>? attributes) =>
        (attributes ?? []).ToDictionary(attribute => attribute.Key, attribute => Value(attribute.Value));

    internal static object? Value(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue,
        AnyValue.ValueOneofCase.ArrayValue => value.ArrayValue.Values.Select(Value).ToArray(),
        _ => null,
    };
}

/// <summary>Ids are hexadecimal; ParentId is empty on a root. Integers are long.</summary>
public sealed record RecordedSpan(
    string TraceId, string SpanId, string ParentId, string Name, string Kind, string Scope, DateTimeOffset Start, DateTimeOffset End,
    IReadOnlyDictionary<string, object?> Attributes, IReadOnlyDictionary<string, object?> Resource, string Status, string StatusMessage, IReadOnlyList<RecordedEvent> Events)
{
    public string Service => Resource.GetValueOrDefault("service.name") as string ?? "";

    internal static RecordedSpan From(Span span, string scope, Resource? resource) => new(
        Convert.ToHexStringLower(span.TraceId.Span), Convert.ToHexStringLower(span.SpanId.Span), Convert.ToHexStringLower(span.ParentSpanId.Span),
        span.Name, span.Kind.ToString(), scope, Time(span.StartTimeUnixNano), Time(span.EndTimeUnixNano),
        OtlpRecorder.Values(span.Attributes), OtlpRecorder.Values(resource?.Attributes), (span.Status?.Code ?? LocalAws.Otlp.Wire.Status.Types.StatusCode.Unset).ToString(), span.Status?.Message ?? "",
        [.. span.Events.Select(each => new RecordedEvent(each.Name, OtlpRecorder.Values(each.Attributes)))]);

    static DateTimeOffset Time(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));
}

public sealed record RecordedEvent(string Name, IReadOnlyDictionary<string, object?> Attributes);

public sealed record RecordedLog(string TraceId, string SpanId, string Severity, string Body, IReadOnlyDictionary<string, object?> Attributes, IReadOnlyDictionary<string, object?> Resource)
{
    internal static RecordedLog From(LogRecord log, Resource? resource) => new(
        Convert.ToHexStringLower(log.TraceId.Span), Convert.ToHexStringLower(log.SpanId.Span), log.SeverityText, OtlpRecorder.Value(log.Body)?.ToString() ?? "",
        OtlpRecorder.Values(log.Attributes), OtlpRecorder.Values(resource?.Attributes));
}
