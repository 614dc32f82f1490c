using System.Diagnostics;
using EtlTracing.ServiceDefaults;
using OpenTelemetry.Context.Propagation;

namespace EtlTracing.Tests.ServiceDefaults;

public class XRayPropagatorTests
{
    const string Trace = "5759e988bd862e3fe1be46a994272793";
    const string Span = "53995c3f42cd8ad8";

    [Fact]
    public void TheExampleOfXRaysDocumentationIsRead()
    {
        var context = Extract("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");

        Assert.Equal(new ActivityContext(ActivityTraceId.CreateFromString(Trace), ActivitySpanId.CreateFromString(Span), ActivityTraceFlags.Recorded, null, isRemote: true), context);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")]
    [InlineData(ActivityTraceFlags.None, "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0")]
    public void TheWholeHeaderIsWritten(ActivityTraceFlags flags, string expected)
    {
        var headers = new Dictionary<string, string>();
        var context = new ActivityContext(ActivityTraceId.CreateFromString(Trace), ActivitySpanId.CreateFromString(Span), flags);

        new XRayPropagator().Inject(new PropagationContext(context, default), headers, (carrier, name, value) => carrier[name] = value);

        Assert.Equal(new() { ["X-Amzn-Trace-Id"] = expected }, headers);
    }

    [Theory]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=none;Sampled=1")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000;Sampled=1")]
    public void ARootWithoutAParentIsARootSpanInThatTrace(string header)
    {
        var context = Extract(header);

        Assert.Equal((Trace, default, ActivityTraceFlags.Recorded), (context.TraceId.ToHexString(), context.SpanId, context.TraceFlags));
    }

    [Theory]
    [InlineData(" Sampled=1 ; Parent=53995c3f42cd8ad8 ; Root=1-5759e988-bd862e3fe1be46a994272793 ")]
    [InlineData("Self=1-67891234-12456789abcdef012345678;Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1|b:2;free")]
    [InlineData("Root=1-5759E988-BD862E3FE1BE46A994272793;Parent=53995C3F42CD8AD8;Sampled=1;Sampled=0;Root=1-00000000-000000000000000000000001")]
    public void OrderSpacesCaseOfDigitsAndForeignPartsDoNotMatter(string header)
    {
        var context = Extract(header);

        Assert.Equal((Trace, Span, ActivityTraceFlags.Recorded), (context.TraceId.ToHexString(), context.SpanId.ToHexString(), context.TraceFlags));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Parent=53995c3f42cd8ad8;Sampled=1")]
    [InlineData("root=1-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("Root=2-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a99427279")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a99427279z")]
    [InlineData("Root=1-00000000-000000000000000000000000")]
    [InlineData("Root=1-5759e988bd862e3fe1be46a9942727930-")]
    public void WithoutAUsableRootThereIsNoContext(string? header) => Assert.Equal(default, Extract(header));

    static ActivityContext Extract(string? header) =>
        new XRayPropagator().Extract(default, header, (value, name) => name == "X-Amzn-Trace-Id" && value is not null ? [value] : []).ActivityContext;
}
