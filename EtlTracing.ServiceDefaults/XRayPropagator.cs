using System.Diagnostics;
using OpenTelemetry.Context.Propagation;

namespace EtlTracing.ServiceDefaults;

/// <summary>
/// Carries trace context in <c>X-Amzn-Trace-Id</c>. Unlike OpenTelemetry's own X-Ray propagator it accepts a Root without
/// Parent, which starts a root span in the given trace, and an open sampling decision, which <see cref="XRaySampler"/> makes.
/// </summary>
public sealed class XRayPropagator : TextMapPropagator
{
    /// <summary>Trace state between this class and the sampler, which takes it away again.</summary>
    internal const string Undecided = "xray=undecided";

    public override ISet<string> Fields { get; } = new HashSet<string> { XRayHeader.Name };

    public override PropagationContext Extract<T>(PropagationContext context, T carrier, Func<T, string, IEnumerable<string>?> getter)
    {
        if (XRayHeader.Parse(getter(carrier, XRayHeader.Name)?.FirstOrDefault()) is not { } header) return context;
        var flags = header.Sampled is true ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        var state = header.Sampled is null ? Undecided : null;
        return new PropagationContext(new ActivityContext(header.Root, header.Parent, flags, state, isRemote: true), context.Baggage);
    }

    public override void Inject<T>(PropagationContext context, T carrier, Action<T, string, string> setter)
    {
        var span = context.ActivityContext;
        if (span.TraceId != default)
            setter(carrier, XRayHeader.Name, new XRayHeader(span.TraceId, span.SpanId, span.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)).ToString());
    }
}
