using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EtlTracing.ServiceDefaults;

/// <summary>
/// Sends what has been recorded so far, within a bound: a telemetry back end that is away must not hold work up. OpenTelemetry
/// waits a second at most for an export that has begun; only a provider's disposal waits for its end.
/// </summary>
public sealed class Telemetry(TracerProvider traces, MeterProvider metrics)
{
    /// <returns>False when not everything was sent in time; it stays queued.</returns>
    public Task<bool> FlushTracesAsync(TimeSpan bound) => Task.Run(() => traces.ForceFlush((int)bound.TotalMilliseconds));

    public Task<bool> FlushAsync(TimeSpan bound) =>
        Task.Run(() => traces.ForceFlush((int)bound.TotalMilliseconds) & metrics.ForceFlush((int)bound.TotalMilliseconds));
}
