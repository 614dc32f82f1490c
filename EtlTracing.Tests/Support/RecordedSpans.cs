using System.Diagnostics;
using EtlTracing.ServiceDefaults;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EtlTracing.Tests.Support;

/// <summary>The spans of this process's sources as they are exported, sampled as a service would.</summary>
public sealed class RecordedSpans : IDisposable
{
    readonly List<Activity> _exported = [];
    readonly TracerProvider _traces;
    readonly MeterProvider _metrics = Sdk.CreateMeterProviderBuilder().Build();

    public RecordedSpans(string? sampler = null, string? samplerArgument = null)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .AddXRayTraceId()
            .SetSampler(XRaySampler.FromEnvironment(sampler, samplerArgument))
            .AddSource("EtlTracing.*", Source.Name)
            .AddInMemoryExporter(_exported)
            .Build();
        Telemetry = new Telemetry(_traces, _metrics);
    }

    /// <summary>This test's own, since each listener of a source has a say in what is sampled.</summary>
    public ActivitySource Source { get; } = new("test." + Guid.NewGuid().ToString("N"));

    public Telemetry Telemetry { get; }

    /// <summary>Other tests' spans end meanwhile, so a test asks for the spans of its own trace.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace)
    {
        while (true)
            try
            {
                return [.. _exported.ToArray().Where(span => span is not null && span.TraceId == trace).OrderBy(span => span.StartTimeUtc)];
            }
            catch (ArgumentException)
            {
                // The list grew while it was copied.
            }
    }

    public void Dispose()
    {
        _traces.Dispose();
        Source.Dispose();
        _metrics.Dispose();
    }
}
