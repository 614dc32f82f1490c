using Amazon.Runtime;
using Aspire.Hosting.AWS;

namespace EtlTracing.AppHost.Cloud;

/// <summary>
/// The cloud that the pipeline works in: <c>EtlTracing.LocalAws</c> or a deployed stack. Processes can't tell which; they are told
/// the same variables.
/// </summary>
sealed class EtlCloud
{
    /// <summary>What processes wait for: set up when it is ready.</summary>
    public required IResourceBuilder<IResource> Resource { get; init; }

    /// <summary>Of S3, Step Functions and X-Ray; null on AWS, where SDKs find them by region.</summary>
    public EndpointReference? Endpoint { get; init; }

    /// <summary>OTLP over gRPC; null where the cloud takes none.</summary>
    public EndpointReference? Otlp { get; init; }

    /// <summary>Profile and region of a real account; null locally.</summary>
    public IAWSSDKConfig? Account { get; init; }

    public required ReferenceExpression Bucket { get; init; }
    public required ReferenceExpression StateMachineArn { get; init; }
    public required ReferenceExpression CleanActivityArn { get; init; }
    public required ReferenceExpression ProcessActivityArn { get; init; }

    public bool IsLocal => Endpoint is not null;

    /// <summary>How the AppHost's own clients reach it.</summary>
    public T ClientConfig<T>() where T : ClientConfig, new()
    {
        if (Endpoint is { } endpoint)
            return new T { ServiceURL = endpoint.Url, AuthenticationRegion = EtlNames.LocalRegion, DefaultAWSCredentials = PipelineSetup.Credentials };

        var config = new T();
        if (Account?.Profile is { } profile) config.Profile = new Amazon.Profile(profile);
        if (Account?.Region is { } region) config.RegionEndpoint = region;
        return config;
    }
}
