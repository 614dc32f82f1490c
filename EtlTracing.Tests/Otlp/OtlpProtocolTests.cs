using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using EtlTracing.LocalAws.Otlp.Wire;
using EtlTracing.Tests.Support;
using EtlTracing.Tests.XRay;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace EtlTracing.Tests.Otlp;

/// <summary>The protocol itself, at its HTTP port.</summary>
public sealed class OtlpProtocolTests(SharedXRayCloud shared) : IClassFixture<SharedXRayCloud>
{
    readonly XRayCloud _cloud = shared.Cloud;

    [Fact]
    public async Task JsonWithHexadecimalIdsIsTakenAndAnsweredInJson()
    {
        var traceId = XRayCloud.NewTraceId();
        var json = $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"web"}}]},"unknown":{"x":[1]},
              "scopeSpans":[{"spans":[{"traceId":"{{{XRayCloud.W3C(traceId).ToUpperInvariant()}}}","spanId":"53995c3f42cd8ad8","parentSpanId":"","name":"x","kind":2,
                "startTimeUnixNano":"1700000000500000000","endTimeUnixNano":1700000001500000000,"attributes":[{"key":"rows","value":{"intValue":"12"}}]}]}]}]}
            """;

        using var response = await PostAsync("/v1/traces", Encoding.UTF8.GetBytes(json), "application/json");

        Assert.Equal("{}", await response.Content.ReadAsStringAsync());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var segment = Assert.Single(await _cloud.SegmentsAsync(traceId));
        Assert.Equal(("web", 12L), ((string)segment["name"]!, (long)segment["metadata"]!["default"]!["rows"]!));
    }

    [Fact]
    public async Task JsonSaysHowManySpansWereRefused()
    {
        var json = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000001000000000000000000000001","spanId":"53995c3f42cd8ad8","name":"x","kind":2}]}]}]}""";

        using var response = await PostAsync("/v1/traces", Encoding.UTF8.GetBytes(json), "application/json; charset=utf-8");

        var partial = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["partialSuccess"]!;
        Assert.Equal(("1", "invalid xray traceid: 00000001000000000000000000000001"), ((string)partial["rejectedSpans"]!, (string)partial["errorMessage"]!));
    }

    [Fact]
    public async Task GzippedBodiesAreTaken()
    {
        var span = OtlpSpans.Span("x", Span.Types.SpanKind.Server);
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(OtlpSpans.Request([span]).ToByteArray());

        using var response = await PostAsync("/v1/traces", zipped.ToArray(), "application/x-protobuf", "gzip");

        Assert.Equal("application/x-protobuf", response.Content.Headers.ContentType!.MediaType);
        Assert.Single(await _cloud.SegmentsAsync(OtlpSpans.XRay(span.TraceId)));
    }

    [Fact]
    public async Task OverGrpcGzippedSpansAreTakenAndWhatIsNoneIsAnInvalidArgument()
    {
        var bytes = Marshallers.Create(body => body, body => body);
        var export = new Method<byte[], byte[]>(MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export", bytes, bytes);
        using var channel = GrpcChannel.ForAddress(_cloud.OtlpGrpc);
        var invoker = channel.CreateCallInvoker();
        var span = OtlpSpans.Span("x", Span.Types.SpanKind.Server);

        var gzip = new CallOptions(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        Assert.Empty(await invoker.AsyncUnaryCall(export, null, gzip, OtlpSpans.Request([span]).ToByteArray()));
        Assert.Single(await _cloud.SegmentsAsync(OtlpSpans.XRay(span.TraceId)));

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await invoker.AsyncUnaryCall(export, null, default, "not otlp"u8.ToArray()));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
    }

    [Theory]
    [InlineData("/v1/traces", "text/plain", "", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/traces", "application/x-protobuf", "zstd", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/traces", "application/x-protobuf", "gzip", HttpStatusCode.BadRequest)]
    [InlineData("/v1/traces", "application/x-protobuf", "", HttpStatusCode.BadRequest)]
    [InlineData("/v1/metrics", "application/x-protobuf", "", HttpStatusCode.BadRequest)]
    [InlineData("/v1/logs", "application/json", "", HttpStatusCode.BadRequest)]
    [InlineData("/v1/profiles", "application/json", "", HttpStatusCode.NotFound)]
    public async Task WhatIsNotOtlpIsRefused(string path, string type, string encoding, HttpStatusCode expected)
    {
        using var response = await PostAsync(path, "not otlp"u8.ToArray(), type, encoding, expected);
        if (expected == HttpStatusCode.BadRequest && type == "application/x-protobuf")
            Assert.Equal(3, ErrorStatus.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync()).Code);
    }

    [Fact]
    public async Task ASmallBodyThatUnpacksToAHugeOneIsRefused()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
            for (var i = 0; i < 80; i++) gzip.Write(new byte[1 << 20]);

        using var response = await PostAsync("/v1/traces", zipped.ToArray(), "application/x-protobuf", "gzip", HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task DeepJsonAndDeepAttributesAreRefused()
    {
        using var json = await PostAsync("/v1/traces", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))), "application/json", expected: HttpStatusCode.BadRequest);
        var value = new AnyValue { StringValue = "x" };
        for (var i = 0; i < 200; i++) value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        var span = OtlpSpans.Span("deep", Span.Types.SpanKind.Server);
        span.Attributes.Add(new KeyValue { Key = "deep", Value = value });
        using var protobuf = await PostAsync("/v1/traces", OtlpSpans.Request([span]).ToByteArray(), "application/x-protobuf", expected: HttpStatusCode.BadRequest);
    }

    /// <summary>Whatever bytes come, the answer is one of the protocol's own.</summary>
    [Fact]
    public async Task BrokenRequestsNeverFailTheReceiver()
    {
        var whole = OtlpSpans.Request([OtlpSpans.Span("x", Span.Types.SpanKind.Server, ("a", "b"), ("n", 1L))], ("service.name", "web")).ToByteArray();
        var broken = from bytes in Gen.Byte.Array[0, 200]
                     from position in Gen.Int[0, whole.Length - 1]
                     from value in Gen.Byte
                     from kind in Gen.Int[0, 2]
                     select kind switch { 0 => bytes, 1 => whole[..position], _ => [.. whole[..position], value, .. whole[(position + 1)..]] };

        await broken.SampleAsync(async bytes =>
        {
            using var protobuf = await SendAsync("/v1/traces", bytes, "application/x-protobuf", "");
            Assert.Contains((int)protobuf.StatusCode, (int[])[200, 400]);
            using var json = await SendAsync("/v1/traces", bytes, "application/json", "");
            Assert.Contains((int)json.StatusCode, (int[])[200, 400]);
        }, iter: 150, threads: 1);
    }

    [Fact]
    public async Task MetricsAndLogsGoOnByteForByte()
    {
        await using var backEnd = await OtlpRecorder.StartAsync();
        await using var cloud = await XRayCloud.StartAsync(options => options with { ForwardTo = backEnd.Grpc });
        using var http = new HttpClient { BaseAddress = cloud.OtlpHttp };
        var metrics = new MetricsRequest { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { new ScopeMetrics { Metrics = { new Metric { Name = "etl.rows" } } } } } } };
        var logs = new LogsRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord { Body = new AnyValue { StringValue = "hello" } } } } } } } };

        foreach (var (path, body) in new[] { ("/v1/metrics", metrics.ToByteArray()), ("/v1/logs", logs.ToByteArray()) })
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await backEnd.WaitForAsync(recorder => recorder.Metrics.Count + recorder.Logs.Count == 2);
        Assert.Equal(("etl.rows", "hello"), (backEnd.Metrics[0], backEnd.Logs[0].Body));
    }

    [Fact]
    public async Task ABackEndThatIsDownDelaysNobody()
    {
        await using var cloud = await XRayCloud.StartAsync(options => options with { ForwardTo = new Uri("http://127.0.0.1:9") });
        var span = OtlpSpans.Span("x", Span.Types.SpanKind.Server);

        await OtlpSpans.SendAsync(cloud, [span]);

        Assert.Single(await cloud.SegmentsAsync(OtlpSpans.XRay(span.TraceId)));
    }

    [Fact]
    public async Task OnTheAwsPortThePathsBelongToS3()
    {
        using var http = new HttpClient { BaseAddress = _cloud.Endpoint };
        using var content = new ByteArrayContent([]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");

        using var response = await http.PostAsync(new Uri("/v1/traces", UriKind.Relative), content);

        Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
    }

    async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string type, string encoding = "", HttpStatusCode expected = HttpStatusCode.OK)
    {
        var response = await SendAsync(path, body, type, encoding);
        Assert.Equal(expected, response.StatusCode);
        return response;
    }

    async Task<HttpResponseMessage> SendAsync(string path, byte[] body, string type, string encoding)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding.Length > 0) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var http = new HttpClient { BaseAddress = _cloud.OtlpHttp };
        return await http.PostAsync(new Uri(path, UriKind.Relative), content);
    }
}
