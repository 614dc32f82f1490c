using Amazon.Runtime;

namespace Amazon.XRay.Model;

public sealed class GetTraceGraphRequest : AmazonXRayRequest
{
    public List<string>? TraceIds { get; set; }
    public string? NextToken { get; set; }
}

public sealed class GetTraceGraphResponse : AmazonWebServiceResponse
{
    public List<Service>? Services { get; set; }
    public string? NextToken { get; set; }
}

public sealed class GetServiceGraphRequest : AmazonXRayRequest
{
    public DateTime? StartTime { get; set; }
    public DateTime? EndTime { get; set; }
    public string? NextToken { get; set; }
}

public sealed class GetServiceGraphResponse : AmazonWebServiceResponse
{
    public List<Service>? Services { get; set; }
    public DateTime? StartTime { get; set; }
    public DateTime? EndTime { get; set; }
    public string? NextToken { get; set; }
}

public sealed class Service
{
    public int? ReferenceId { get; set; }
    public string? Name { get; set; }
    public List<string>? Names { get; set; }
    public bool? Root { get; set; }
    public string? AccountId { get; set; }
    public string? Type { get; set; }
    public string? State { get; set; }
    public DateTime? StartTime { get; set; }
    public DateTime? EndTime { get; set; }
    public List<Edge>? Edges { get; set; }
    public ServiceStatistics? SummaryStatistics { get; set; }
    public List<HistogramEntry>? DurationHistogram { get; set; }
    public List<HistogramEntry>? ResponseTimeHistogram { get; set; }
}

public sealed class Edge
{
    public int? ReferenceId { get; set; }
    public DateTime? StartTime { get; set; }
    public DateTime? EndTime { get; set; }
    public EdgeStatistics? SummaryStatistics { get; set; }
    public List<HistogramEntry>? ResponseTimeHistogram { get; set; }
}

public sealed class EdgeStatistics
{
    public long? OkCount { get; set; }
    public ErrorStatistics? ErrorStatistics { get; set; }
    public FaultStatistics? FaultStatistics { get; set; }
    public long? TotalCount { get; set; }
    public double? TotalResponseTime { get; set; }
}

public sealed class ServiceStatistics
{
    public long? OkCount { get; set; }
    public ErrorStatistics? ErrorStatistics { get; set; }
    public FaultStatistics? FaultStatistics { get; set; }
    public long? TotalCount { get; set; }
    public double? TotalResponseTime { get; set; }
}

public sealed class ErrorStatistics
{
    public long? ThrottleCount { get; set; }
    public long? OtherCount { get; set; }
    public long? TotalCount { get; set; }
}

public sealed class FaultStatistics
{
    public long? OtherCount { get; set; }
    public long? TotalCount { get; set; }
}

public sealed class HistogramEntry
{
    public double? Value { get; set; }
    public int? Count { get; set; }
}
