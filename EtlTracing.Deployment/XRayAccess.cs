using Amazon.CDK.AWS.IAM;

namespace EtlTracing.Deployment;

/// <summary>X-Ray's calls: AWS defines no resource for them, so these statements name none.</summary>
static class XRayAccess
{
    public static PolicyStatement Sending() => Allow("xray:PutTraceSegments", "xray:PutTelemetryRecords");

    /// <summary>A job sends its own segment while it runs, looks its parent up, and asks where the account's traces go.</summary>
    public static PolicyStatement Working() => Allow("xray:PutTraceSegments", "xray:BatchGetTraces", "xray:GetTraceSegmentDestination");

    public static PolicyStatement Reading() =>
        Allow("xray:BatchGetTraces", "xray:GetTraceSummaries", "xray:GetTraceGraph", "xray:GetServiceGraph", "xray:GetTraceSegmentDestination");

    static PolicyStatement Allow(params string[] actions) => new(new PolicyStatementProps { Actions = actions, Resources = ["*"] });
}
