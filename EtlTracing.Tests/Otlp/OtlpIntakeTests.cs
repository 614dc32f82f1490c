using System.Diagnostics;
using System.Text.Json.Nodes;
using EtlTracing.Tests.Support;
using EtlTracing.Tests.XRay;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EtlTracing.Tests.Otlp;

public class OtlpIntakeTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task SpansOfTheOpenTelemetryExporterAreReadBackAsSegments(OtlpExportProtocol protocol)
    {
        await using var cloud = await XRayCloud.StartAsync();
        var traceId = XRayCloud.NewTraceId();
        using (var source = new ActivitySource("intake"))
        using (var provider = Sdk.CreateTracerProviderBuilder()
                   .AddSource("intake")
                   .ConfigureResource(resource => resource.AddService("etl-clean-job"))
                   .AddOtlpExporter(options =>
                   {
                       options.Protocol = protocol;
                       options.Endpoint = protocol == OtlpExportProtocol.Grpc ? cloud.OtlpGrpc : new Uri(cloud.OtlpHttp, "v1/traces");
                   })
                   .Build())
        {
            var parent = new ActivityContext(ActivityTraceId.CreateFromString(XRayCloud.W3C(traceId)), default, ActivityTraceFlags.Recorded);
            using var job = source.StartActivity("Clean", ActivityKind.Server, parent)!;
            using var step = source.StartActivity("Read Data")!;
        }

        var segment = Assert.Single(await cloud.SegmentsAsync(traceId));
        Assert.Equal("etl-clean-job", (string?)segment["name"]);
        Assert.Equal("Read Data", (string?)Assert.IsType<JsonArray>(segment["subsegments"])[0]!["name"]);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task ReceivedSpansGoOnToTheBackEndWithoutATraceparent(string protocol)
    {
        await using var backEnd = await OtlpRecorder.StartAsync();
        await using var cloud = await XRayCloud.StartAsync(options => options with
        {
            ForwardTo = protocol == "grpc" ? backEnd.Grpc : backEnd.Http,
            ForwardProtocol = protocol,
            ForwardHeaders = "x-otlp-api-key=a%20key",
        });
        using (var source = new ActivitySource("forward"))
        using (var provider = Sdk.CreateTracerProviderBuilder().AddSource("forward").AddOtlpExporter(options => options.Endpoint = cloud.OtlpGrpc).Build())
        {
            using var span = source.StartActivity("Write Data")!;
        }

        await backEnd.WaitForAsync(recorder => recorder.Spans.Count == 1);
        Assert.Equal("Write Data", backEnd.Spans[0].Name);
        var headers = Assert.Single(backEnd.Headers);
        Assert.Equal("a key", headers["x-otlp-api-key"]);
        Assert.False(headers.ContainsKey("traceparent"));
    }
}
