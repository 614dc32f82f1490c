using System.Text.Json;
using Amazon.Runtime;
using Amazon.XRay.Model;
using EtlTracing.Aws.Protocol;

namespace Amazon.XRay;

/// <summary>
/// The operations this system needs, named and typed as in the official package AWSSDK.XRay, which can take the place of
/// this folder without a caller noticing.
/// </summary>
public sealed class AmazonXRayClient : JsonServiceClient
{
    static readonly JsonSerializerOptions s_json = MessagesOf(XRayMessages.Default);

    public AmazonXRayClient() : this(new AmazonXRayConfig()) { }

    public AmazonXRayClient(AmazonXRayConfig config) : this(null, config) { }

    public AmazonXRayClient(AWSCredentials? credentials, AmazonXRayConfig config)
        : base(credentials, config, s_json, AmazonXRayException.Of) { }

    public Task<BatchGetTracesResponse> BatchGetTracesAsync(BatchGetTracesRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<BatchGetTracesResponse>(request, cancellationToken, "/Traces");

    public Task<GetServiceGraphResponse> GetServiceGraphAsync(GetServiceGraphRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetServiceGraphResponse>(request, cancellationToken, "/ServiceGraph");

    public Task<GetTraceGraphResponse> GetTraceGraphAsync(GetTraceGraphRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetTraceGraphResponse>(request, cancellationToken, "/TraceGraph");

    public Task<GetTraceSegmentDestinationResponse> GetTraceSegmentDestinationAsync(GetTraceSegmentDestinationRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetTraceSegmentDestinationResponse>(request, cancellationToken, "/GetTraceSegmentDestination");

    public Task<GetTraceSummariesResponse> GetTraceSummariesAsync(GetTraceSummariesRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetTraceSummariesResponse>(request, cancellationToken, "/TraceSummaries");

    public Task<PutTraceSegmentsResponse> PutTraceSegmentsAsync(PutTraceSegmentsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<PutTraceSegmentsResponse>(request, cancellationToken, "/TraceSegments");
}
