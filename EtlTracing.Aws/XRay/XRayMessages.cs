using System.Text.Json.Serialization;
using Amazon.XRay.Model;
using EtlTracing.Aws.Protocol;

namespace Amazon.XRay;

/// <summary>Serializers made at build time: a short process has no time to make them at run time.</summary>
[JsonSerializable(typeof(BatchGetTracesRequest))]
[JsonSerializable(typeof(BatchGetTracesResponse))]
[JsonSerializable(typeof(GetServiceGraphRequest))]
[JsonSerializable(typeof(GetServiceGraphResponse))]
[JsonSerializable(typeof(GetTraceGraphRequest))]
[JsonSerializable(typeof(GetTraceGraphResponse))]
[JsonSerializable(typeof(GetTraceSegmentDestinationRequest))]
[JsonSerializable(typeof(GetTraceSegmentDestinationResponse))]
[JsonSerializable(typeof(GetTraceSummariesRequest))]
[JsonSerializable(typeof(GetTraceSummariesResponse))]
[JsonSerializable(typeof(PutTraceSegmentsRequest))]
[JsonSerializable(typeof(PutTraceSegmentsResponse))]
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochSeconds)])]
sealed partial class XRayMessages : JsonSerializerContext;
