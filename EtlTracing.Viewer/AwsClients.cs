using Amazon.S3;
using Amazon.StepFunctions;
using Amazon.XRay;

namespace EtlTracing.Viewer;

/// <summary>The three APIs that pages are made from.</summary>
public sealed record AwsClients(AmazonS3Client Objects, AmazonStepFunctionsClient Workflows, AmazonXRayClient Traces)
{
    /// <summary>By the standard variables and profiles of AWS.</summary>
    public static AwsClients FromEnvironment(IConfiguration settings) => new(
        // Emulators have no wildcard names: the bucket goes into the path.
        new AmazonS3Client(new AmazonS3Config { ForcePathStyle = !string.IsNullOrEmpty(settings["AWS_ENDPOINT_URL_S3"] ?? settings["AWS_ENDPOINT_URL"]) }),
        new AmazonStepFunctionsClient(),
        new AmazonXRayClient());
}
