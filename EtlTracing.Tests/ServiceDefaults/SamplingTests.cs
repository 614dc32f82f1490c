using System.Buffers.Binary;
using System.Diagnostics;
using EtlTracing.ServiceDefaults;
using EtlTracing.Tests.Support;
using OpenTelemetry.Trace;

namespace EtlTracing.Tests.ServiceDefaults;

public class SamplingTests
{
    const string Root = "Root=1-5759e988-bd862e3fe1be46a994272793";

    [Theory]
    [InlineData("parentbased_always_on", Root, true)]
    [InlineData("parentbased_always_on", Root + ";Sampled=?", true)]
    [InlineData("parentbased_always_on", Root + ";Parent=53995c3f42cd8ad8", true)]
    [InlineData("parentbased_always_on", Root + ";Sampled=0", false)]
    [InlineData("parentbased_always_on", Root + ";Parent=53995c3f42cd8ad8;Sampled=0", false)]
    [InlineData("parentbased_always_off", Root, false)]
    [InlineData("parentbased_always_off", Root + ";Sampled=1", true)]
    [InlineData("parentbased_traceidratio", Root, true)]
    public void AHeaderThatDecidesIsKeptToAndOneThatDoesNotIsDecidedHere(string sampler, string header, bool sampled)
    {
        using var spans = new RecordedSpans(sampler);
        var context = new XRayPropagator().Extract(default, header, (value, _) => [value]).ActivityContext;

        using var span = spans.Source.StartActivity("test", ActivityKind.Server, context)!;

        Assert.Equal((sampled, "5759e988bd862e3fe1be46a994272793", context.SpanId), (span.Recorded, span.TraceId.ToHexString(), span.ParentSpanId));
        Assert.True(string.IsNullOrEmpty(span.TraceStateString));
    }

    [Fact]
    public void ARatioSamplesThatShareOfTheTracesOfOneSecond()
    {
        var sampler = XRaySampler.FromEnvironment("traceidratio", "0.3");
        var random = new Random(7);
        var sampled = Enumerable.Range(0, 10_000).Count(_ =>
        {
            var id = new byte[16];
            random.NextBytes(id);
            BinaryPrimitives.WriteUInt32BigEndian(id, 0x6921_0000);
            return sampler.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateFromBytes(id), "", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;
        });

        Assert.InRange(sampled, 2_800, 3_200);
    }

    [Fact]
    public void AnUnknownSamplerIsNamedWithTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => XRaySampler.FromEnvironment("sometimes", null));

        Assert.Equal("OTEL_TRACES_SAMPLER is 'sometimes'; expected [parentbased_]always_on, [parentbased_]always_off or [parentbased_]traceidratio", error.Message);
    }

    [Fact]
    public void NewTraceIdsBeginWithTheTimeAsXRayWants()
    {
        using var spans = new RecordedSpans();
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        Activity.Current = null;
        using var span = spans.Source.StartActivity("test", ActivityKind.Server)!;

        Assert.InRange(Convert.ToInt64(span.TraceId.ToHexString()[..8], 16), before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public void ADerivedTraceIdIsTheSameEachTimeAndAnotherForAnotherThing()
    {
        var first = ActivityTraceId.CreateFromString("5759e988bd862e3fe1be46a994272793");

        var one = XRayTraceId.Derive(first, "a"u8);

        Assert.Equal(one, XRayTraceId.Derive(first, "a"u8));
        Assert.NotEqual(one, XRayTraceId.Derive(first, "b"u8));
        Assert.StartsWith("5759e988", one.ToHexString(), StringComparison.Ordinal);
    }
}
