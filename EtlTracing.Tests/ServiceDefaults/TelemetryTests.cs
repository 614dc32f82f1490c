using System.Diagnostics;
using EtlTracing.ServiceDefaults;
using EtlTracing.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Tests.ServiceDefaults;

public class TelemetryTests
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task SpansLogsAndResourceGoOutOverOtlpWhenFlushed(string protocol)
    {
        await using var backEnd = await OtlpRecorder.StartAsync();
        await using var app = Build(protocol == "grpc" ? backEnd.Grpc : backEnd.Http, protocol);
        var telemetry = app.Services.GetRequiredService<Telemetry>();
        Activity.Current = null;
        ActivityTraceId trace;
        using (var span = s_source.StartActivity("test", ActivityKind.Server)!)
        {
            trace = span.TraceId;
            app.Logger.LogInformation("said {What}", "this");
        }

        Assert.True(await telemetry.FlushTracesAsync(TimeSpan.FromSeconds(30)));

        await backEnd.WaitForAsync(each => each.Spans.Any(span => span.TraceId == trace.ToHexString()));
        var seen = Assert.Single(backEnd.Spans, span => span.TraceId == trace.ToHexString());
        Assert.Equal(("test", "Server", "etl-test"), (seen.Name, seen.Kind, seen.Service));
        Assert.Contains("service.version", seen.Resource.Keys);
        Assert.DoesNotContain("cloud.provider", seen.Resource.Keys);
        await app.DisposeAsync();
        await backEnd.WaitForAsync(each => each.Logs.Any(log => log.Body == "said this" && log.TraceId == trace.ToHexString()));
    }

    [Fact]
    public async Task WithTheBackEndAwayAFlushEndsWithinItsBound()
    {
        await using var app = Build(new Uri("http://127.0.0.1:9"), "grpc");
        var telemetry = app.Services.GetRequiredService<Telemetry>();
        s_source.StartActivity("test", ActivityKind.Server)!.Dispose();

        await telemetry.FlushTracesAsync(TimeSpan.FromMilliseconds(200)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task NoTraceparentGoesOutBesideXRaysHeader()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, "{}"));
        await using var app = Build(new Uri("http://127.0.0.1:9"), "grpc");
        using var http = new HttpClient();
        using var span = s_source.StartActivity("test", ActivityKind.Server);

        await http.GetAsync(new Uri(server.Url));

        Assert.DoesNotContain(server.Requests[0].Headers.Keys, name => name.StartsWith("trace", StringComparison.OrdinalIgnoreCase));
    }

    static readonly ActivitySource s_source = new("EtlTracing.Jobs");

    static WebApplication Build(Uri endpoint, string protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_SERVICE_NAME"] = "etl-test",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint.AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        });
        return builder.AddServiceDefaults().Build();
    }
}
