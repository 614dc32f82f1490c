using Amazon.Runtime;
using Amazon.S3;
using EtlTracing.Aws.Objects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace EtlTracing.Jobs;

/// <summary>Looks into the bucket once while there is no task yet, so that the first one finds the client compiled and connected.</summary>
public sealed class WarmUp(AmazonS3Client s3, IConfiguration settings) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings[EtlEnvironment.Bucket] is not { Length: > 0 } bucket) return;
        try
        {
            await new ObjectStore(s3, bucket, TimeProvider.System).FindAsync(EtlNames.InputPrefix, stoppingToken);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            // A task's own requests will say what is wrong.
        }
    }
}
