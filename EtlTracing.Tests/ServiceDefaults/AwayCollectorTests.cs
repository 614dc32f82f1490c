using System.Diagnostics;
using EtlTracing.ServiceDefaults;
using EtlTracing.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EtlTracing.Tests.ServiceDefaults;

/// <summary>A process and its collector's place, where nobody listens for a while.</summary>
public sealed class AwayCollectorTests : IDisposable
{
    static readonly ActivitySource s_source = new("EtlTracing.Jobs");
    readonly TemporaryFolder _disk = new();
    readonly List<string> _sent = [];

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public Task EverySpanArrivesOnceWhenTheCollectorIsBack(string protocol) => AwayAndBackAsync(protocol, "in_memory");

    /// <summary>What waits on disk is sent once a minute.</summary>
    [LongFact]
    public Task EverySpanThatWaitsOnDiskArrivesOnceWhenTheCollectorIsBack() => AwayAndBackAsync("grpc", "disk");

    public void Dispose() => _disk.Dispose();

    async Task AwayAndBackAsync(string protocol, string retry)
    {
        var before = await OtlpRecorder.StartAsync();
        var place = protocol == "grpc" ? before.Grpc : before.Http;
        await using var app = Build(place, protocol, retry);
        var telemetry = app.Services.GetRequiredService<Telemetry>();
        Record(7);
        Assert.True(await telemetry.FlushTracesAsync(TimeSpan.FromSeconds(30)));
        await before.WaitForAsync(each => Mine(each).Count() == 7);

        await before.DisposeAsync();
        Record(5);
        var flushed = telemetry.FlushTracesAsync(TimeSpan.FromSeconds(1));
        Record(3);
        await flushed;
        await using var after = await OtlpRecorder.StartAsync(protocol == "grpc" ? place.Port : 0, protocol == "grpc" ? 0 : place.Port);
        await after.WaitForAsync(each => Mine(each).Count() >= 8, TimeSpan.FromMinutes(3));
        Record(2);

        await after.WaitForAsync(each => Mine(each).Count() >= 10);
        Assert.Equal(_sent.Order(), Mine(before).Concat(Mine(after)).Order());
    }

    /// <summary>Other tests of this process record on the same source.</summary>
    IEnumerable<string> Mine(OtlpRecorder collector) => collector.Spans.Select(span => span.SpanId).Where(_sent.Contains);

    void Record(int spans)
    {
        for (var i = 0; i < spans; i++)
        {
            Activity.Current = null;
            using var span = s_source.StartActivity("test", ActivityKind.Server)!;
            _sent.Add(span.SpanId.ToHexString());
        }
    }

    WebApplication Build(Uri endpoint, string protocol, string retry)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint.AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
            // How long one export may be retried in memory; on a slow machine the collector takes its time to be back.
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = retry == "disk" ? "2000" : "120000",
            ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = retry,
            ["OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH"] = _disk.Path,
        });
        return builder.AddServiceDefaults().Build();
    }
}
