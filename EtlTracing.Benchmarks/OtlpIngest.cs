using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using EtlTracing.LocalAws.Otlp.Wire;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace EtlTracing.Benchmarks;

/// <summary>Spans a second that an OTLP receiver acknowledges: traces of 32 spans, 512 spans a request, some senders at once.</summary>
static class OtlpIngest
{
    const int SpansPerTrace = 32;
    const int TracesPerRequest = 16;
    const int Senders = 4;

    public static async Task<int> RunAsync(Uri endpoint, int seconds)
    {
        using var channel = GrpcChannel.ForAddress(endpoint);
        var invoker = channel.CreateCallInvoker();
        var bytes = Marshallers.Create(body => body, body => body);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export", bytes, bytes);
        var milliseconds = new ConcurrentBag<double>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                var request = Request().ToByteArray();
                var start = Stopwatch.GetTimestamp();
                await invoker.AsyncUnaryCall(method, null, default, request);
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
        var sorted = milliseconds.Order().ToArray();
        var rate = sorted.Length * SpansPerTrace * TracesPerRequest / clock.Elapsed.TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"{rate:F0} spans/s acknowledged; a request of {SpansPerTrace * TracesPerRequest} spans took {sorted[sorted.Length / 2]:F0} ms (median), {sorted[sorted.Length * 99 / 100]:F0} ms (99 %)"));
        return 0;
    }

    static TracesRequest Request()
    {
        var now = DateTimeOffset.UtcNow;
        var nanoseconds = (ulong)now.ToUnixTimeMilliseconds() * 1_000_000;
        var scope = new ScopeSpans { Scope = new Scope { Name = "load" } };
        for (var trace = 0; trace < TracesPerRequest; trace++)
        {
            var id = RandomNumberGenerator.GetBytes(16);
            BinaryPrimitives.WriteUInt32BigEndian(id, (uint)now.ToUnixTimeSeconds());
            var root = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(8));
            for (var span = 0; span < SpansPerTrace; span++)
            {
                scope.Spans.Add(new Span
                {
                    TraceId = ByteString.CopyFrom(id),
                    SpanId = span == 0 ? root : ByteString.CopyFrom(RandomNumberGenerator.GetBytes(8)),
                    ParentSpanId = span == 0 ? ByteString.Empty : root,
                    Name = "Rank By Cost",
                    Kind = span == 0 ? Span.Types.SpanKind.Server : Span.Types.SpanKind.Internal,
                    StartTimeUnixNano = nanoseconds,
                    EndTimeUnixNano = nanoseconds + 1_000_000,
                    Attributes = { Text("etl.step", "Rank By Cost"), Text("etl.run", "4f53cda18c2baa0c"), Integer("etl.rows.in", 12345), Integer("etl.rows.out", 12300), Integer("thread.id", 4), Text("thread.name", "worker") },
                });
            }
        }
        var resource = new Resource { Attributes = { Text("service.name", "load"), Text("telemetry.sdk.name", "opentelemetry"), Text("telemetry.sdk.language", "dotnet"), Text("telemetry.sdk.version", "1.20.1") } };
        return new TracesRequest { ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { scope } } } };
    }

    static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    static KeyValue Integer(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };
}
