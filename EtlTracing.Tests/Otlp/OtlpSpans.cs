using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;
using EtlTracing.Tests.XRay;
using Google.Protobuf;

namespace EtlTracing.Tests.Otlp;

/// <summary>Short factories for OTLP messages.</summary>
static class OtlpSpans
{
    public const string SpanId = "53995c3f42cd8ad8";

    /// <summary>A span of a new trace, from 1700000000.5 to 1700000001.5.</summary>
    public static Span Span(string name, Span.Types.SpanKind kind, params (string Key, object Value)[] attributes) => new()
    {
        TraceId = TraceId(DateTimeOffset.UtcNow),
        SpanId = Id(SpanId),
        Name = name,
        Kind = kind,
        StartTimeUnixNano = 1_700_000_000_500_000_000,
        EndTimeUnixNano = 1_700_000_001_500_000_000,
        Attributes = { attributes.Select(attribute => Attribute(attribute.Key, attribute.Value)) },
    };

    public static ByteString Id(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));

    public static ByteString TraceId(DateTimeOffset time)
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)time.ToUnixTimeSeconds());
        return ByteString.CopyFrom(bytes);
    }

    public static string XRay(ByteString traceId) => $"1-{Convert.ToHexStringLower(traceId.Span[..4])}-{Convert.ToHexStringLower(traceId.Span[4..])}";

    public static KeyValue Attribute(string key, object value) => new() { Key = key, Value = Any(value) };

    static AnyValue Any(object value) => value switch
    {
        string text => new AnyValue { StringValue = text },
        bool flag => new AnyValue { BoolValue = flag },
        long integer => new AnyValue { IntValue = integer },
        double number => new AnyValue { DoubleValue = number },
        object[] values => new AnyValue { ArrayValue = new ArrayValue { Values = { values.Select(Any) } } },
        _ => throw new ArgumentException($"no attribute can be a {value.GetType()}"),
    };

    public static TracesRequest Request(IEnumerable<Span> spans, params (string Key, object Value)[] resource) => new()
    {
        ResourceSpans =
        {
            new ResourceSpans
            {
                Resource = new Resource { Attributes = { resource.Select(attribute => Attribute(attribute.Key, attribute.Value)) } },
                ScopeSpans = { new ScopeSpans { Spans = { spans } } },
            },
        },
    };

    public static async Task<ExportResponse> SendAsync(XRayCloud cloud, IEnumerable<Span> spans, params (string Key, object Value)[] resource)
    {
        using var http = new HttpClient { BaseAddress = cloud.OtlpHttp };
        using var content = new ByteArrayContent(Request(spans, resource).ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await http.PostAsync(new Uri("/v1/traces", UriKind.Relative), content);
        Assert.Equal(200, (int)response.StatusCode);
        return ExportResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
    }

    public static void AssertJson(string expected, JsonNode actual)
    {
        var node = JsonNode.Parse(expected)!;
        Assert.True(JsonNode.DeepEquals(node, actual), $"expected\n{node.ToJsonString()}\nbut was\n{actual.ToJsonString()}");
    }
}
