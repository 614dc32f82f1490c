using Amazon.Runtime;
using Amazon.XRay;
using Amazon.XRay.Model;
using EtlTracing.Aws.Traces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Jobs;

/// <summary>Looks once whether the account has Transaction Search on, which hides traces from the API that parents are looked up with.</summary>
public sealed class TraceDestination(AmazonXRayClient xray, ParentLookup parents, ILogger<TraceDestination> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var answer = await xray.GetTraceSegmentDestinationAsync(new GetTraceSegmentDestinationRequest(), stoppingToken);
            if (answer.Destination != TraceSegmentDestination.CloudWatchLogs) return;
            parents.Disabled = true;
            log.LogWarning("Transaction Search is on: X-Ray sends segments to CloudWatch Logs and BatchGetTraces finds none, so jobs hang under the span that started the run, not under their state");
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            log.LogDebug("X-Ray did not say where segments go: {Message}", exception.Message);
        }
    }
}
