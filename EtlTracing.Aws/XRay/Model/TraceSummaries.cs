using Amazon.Runtime;

namespace Amazon.XRay.Model;

public sealed class GetTraceSummariesRequest : AmazonXRayRequest
{
    public DateTime? StartTime { get; set; }
    public DateTime? EndTime { get; set; }
    public TimeRangeType? TimeRangeType { get; set; }
    public bool? Sampling { get; set; }
    public string? FilterExpression { get; set; }
    public string? NextToken { get; set; }
}

public sealed class GetTraceSummariesResponse : AmazonWebServiceResponse
{
    public List<TraceSummary>? TraceSummaries { get; set; }
    public DateTime? ApproximateTime { get; set; }
    public long? TracesProcessedCount { get; set; }
    public string? NextToken { get; set; }
}

public sealed class TraceSummary
{
    public string? Id { get; set; }
    public DateTime? StartTime { get; set; }
    public double? Duration { get; set; }
    public double? ResponseTime { get; set; }
    public bool? HasFault { get; set; }
    public bool? HasError { get; set; }
    public bool? HasThrottle { get; set; }
    public bool? IsPartial { get; set; }
    public Http? Http { get; set; }
    public Dictionary<string, List<ValueWithServiceIds>>? Annotations { get; set; }
    public List<ServiceId>? ServiceIds { get; set; }
    public ServiceId? EntryPoint { get; set; }
    public DateTime? MatchedEventTime { get; set; }
    public int? Revision { get; set; }
}

public sealed class Http
{
    public string? HttpURL { get; set; }
    public int? HttpStatus { get; set; }
    public string? HttpMethod { get; set; }
    public string? UserAgent { get; set; }
    public string? ClientIp { get; set; }
}

public sealed class ValueWithServiceIds
{
    public AnnotationValue? AnnotationValue { get; set; }
    public List<ServiceId>? ServiceIds { get; set; }
}

/// <summary>One of the three is set.</summary>
public sealed class AnnotationValue
{
    public double? NumberValue { get; set; }
    public bool? BooleanValue { get; set; }
    public string? StringValue { get; set; }
}

public sealed class ServiceId
{
    public string? Name { get; set; }
    public List<string>? Names { get; set; }
    public string? AccountId { get; set; }
    public string? Type { get; set; }
}
