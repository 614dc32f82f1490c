using System.Text.Json.Serialization;
using Amazon.Runtime;
using EtlTracing.Aws.Protocol;

namespace Amazon.XRay;

[JsonConverter(typeof(ConstantConverter<TimeRangeType>))]
public sealed class TimeRangeType(string value) : ConstantClass(value)
{
    public static readonly TimeRangeType Event = new("Event");
    public static readonly TimeRangeType Service = new("Service");
    public static readonly TimeRangeType TraceId = new("TraceId");

    public static implicit operator TimeRangeType(string value) => FindValue<TimeRangeType>(value);
}

[JsonConverter(typeof(ConstantConverter<TraceSegmentDestination>))]
public sealed class TraceSegmentDestination(string value) : ConstantClass(value)
{
    public static readonly TraceSegmentDestination CloudWatchLogs = new("CloudWatchLogs");
    public static readonly TraceSegmentDestination XRay = new("XRay");

    public static implicit operator TraceSegmentDestination(string value) => FindValue<TraceSegmentDestination>(value);
}

[JsonConverter(typeof(ConstantConverter<TraceSegmentDestinationStatus>))]
public sealed class TraceSegmentDestinationStatus(string value) : ConstantClass(value)
{
    public static readonly TraceSegmentDestinationStatus ACTIVE = new("ACTIVE");
    public static readonly TraceSegmentDestinationStatus PENDING = new("PENDING");

    public static implicit operator TraceSegmentDestinationStatus(string value) => FindValue<TraceSegmentDestinationStatus>(value);
}
