using Amazon.Runtime;

namespace Amazon.XRay.Model;

public sealed class PutTraceSegmentsRequest : AmazonXRayRequest
{
    public List<string>? TraceSegmentDocuments { get; set; }
}

public sealed class PutTraceSegmentsResponse : AmazonWebServiceResponse
{
    public List<UnprocessedTraceSegment>? UnprocessedTraceSegments { get; set; }
}

public sealed class UnprocessedTraceSegment
{
    public string? Id { get; set; }
    public string? ErrorCode { get; set; }
    public string? Message { get; set; }
}

public sealed class BatchGetTracesRequest : AmazonXRayRequest
{
    public List<string>? TraceIds { get; set; }
    public string? NextToken { get; set; }
}

/// <summary>A trace that is not there yet is no error: it is missing, or among the unprocessed.</summary>
public sealed class BatchGetTracesResponse : AmazonWebServiceResponse
{
    public List<Trace>? Traces { get; set; }
    public List<string>? UnprocessedTraceIds { get; set; }
    public string? NextToken { get; set; }
}

public sealed class Trace
{
    public string? Id { get; set; }
    public double? Duration { get; set; }
    public bool? LimitExceeded { get; set; }
    public List<Segment>? Segments { get; set; }
}

public sealed class Segment
{
    public string? Id { get; set; }
    public string? Document { get; set; }
}

public sealed class GetTraceSegmentDestinationRequest : AmazonXRayRequest;

public sealed class GetTraceSegmentDestinationResponse : AmazonWebServiceResponse
{
    public TraceSegmentDestination? Destination { get; set; }
    public TraceSegmentDestinationStatus? Status { get; set; }
}
