namespace EtlTracing.LocalAws;

/// <summary>Tells which service a request on the one port is for.</summary>
public static class ServiceName
{
    public const string S3 = "s3";
    public const string StepFunctions = "states";
    public const string XRay = "xray";

    /// <summary>X-Ray's own paths. None of them can be a bucket: bucket names have no upper case.</summary>
    static readonly HashSet<string> s_xrayPaths = new(StringComparer.Ordinal)
    {
        "/TraceSegments", "/Traces", "/TraceSummaries", "/TraceGraph", "/ServiceGraph", "/TelemetryRecords", "/GetSamplingRules",
        "/SamplingTargets", "/SamplingStatisticSummaries", "/GetTraceSegmentDestination", "/UpdateTraceSegmentDestination",
        "/StartTraceRetrieval", "/ListRetrievedTraces",
    };

    /// <summary>
    /// The signature's scope names the service (<c>Credential=AKID/20261122/us-east-2/states/aws4_request</c>); unsigned
    /// Step Functions requests are known by <c>X-Amz-Target</c>, unsigned X-Ray requests by their path. Everything else is
    /// S3, whose paths can be anything.
    /// </summary>
    public static string Of(HttpRequest request)
    {
        if (request.Headers["X-Amz-Target"].ToString().StartsWith("AWSStepFunctions.", StringComparison.Ordinal)) return StepFunctions;
        var authorization = request.Headers.Authorization.ToString();
        var scope = authorization.IndexOf("Credential=", StringComparison.Ordinal);
        if (scope >= 0)
        {
            var parts = authorization[(scope + 11)..].Split(',', 2)[0].Split('/');
            if (parts.Length >= 5 && parts[^2] is StepFunctions or XRay) return parts[^2];
        }
        else if (HttpMethods.IsPost(request.Method) && s_xrayPaths.Contains(request.Path.Value ?? "")) return XRay;
        return S3;
    }
}
