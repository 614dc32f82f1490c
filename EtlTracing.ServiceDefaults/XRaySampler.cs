using System.Buffers.Binary;
using System.Globalization;
using OpenTelemetry.Trace;

namespace EtlTracing.ServiceDefaults;

/// <summary>
/// <c>OTEL_TRACES_SAMPLER</c> for X-Ray: the first process decides, or the incoming header, and all others keep to it.
/// Needed because OpenTelemetry takes a header without a decision for "no", and because its ratio looks at a trace id's
/// first eight bytes, half of which are X-Ray's time of day: all traces of a day would share one fate.
/// </summary>
public sealed class XRaySampler : Sampler
{
    readonly Sampler _root;
    readonly ParentBasedSampler? _parentBased;

    XRaySampler(Sampler root, bool parentBased) => (_root, _parentBased) = (root, parentBased ? new ParentBasedSampler(root) : null);

    /// <param name="name">A value of <c>OTEL_TRACES_SAMPLER</c>; null means <c>parentbased_always_on</c>.</param>
    /// <param name="argument"><c>OTEL_TRACES_SAMPLER_ARG</c>: a ratio's share, 1 when missing.</param>
    public static XRaySampler FromEnvironment(string? name, string? argument)
    {
        var share = argument is null ? 1 : double.Parse(argument, CultureInfo.InvariantCulture);
        return name switch
        {
            null or "" or "parentbased_always_on" => new(new AlwaysOnSampler(), parentBased: true),
            "parentbased_always_off" => new(new AlwaysOffSampler(), parentBased: true),
            "parentbased_traceidratio" => new(new Ratio(share), parentBased: true),
            "always_on" => new(new AlwaysOnSampler(), parentBased: false),
            "always_off" => new(new AlwaysOffSampler(), parentBased: false),
            "traceidratio" => new(new Ratio(share), parentBased: false),
            _ => throw new ArgumentException($"OTEL_TRACES_SAMPLER is '{name}'; expected [parentbased_]always_on, [parentbased_]always_off or [parentbased_]traceidratio"),
        };
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var given = samplingParameters;
        if (given.ParentContext.TraceState != XRayPropagator.Undecided) return (_parentBased ?? _root).ShouldSample(given);
        var asRoot = new SamplingParameters(default, given.TraceId, given.Name, given.Kind, given.Tags, given.Links);
        return new SamplingResult(_root.ShouldSample(asRoot).Decision, attributes: [], traceStateString: "");
    }

    sealed class Ratio(double share) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        {
            Span<byte> id = stackalloc byte[16];
            samplingParameters.TraceId.CopyTo(id);
            var random = BinaryPrimitives.ReadUInt64BigEndian(id[8..]) >> 11;
            return new SamplingResult(random < share * (1UL << 53) ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
        }
    }
}
