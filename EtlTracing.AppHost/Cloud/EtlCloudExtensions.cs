namespace EtlTracing.AppHost.Cloud;

static class EtlCloudExtensions
{
    /// <summary>
    /// The local cloud; with <c>--Etl:Aws=real</c>, and when publishing, the deployed stack. When running, that stack's outputs are read with
    /// <c>--Etl:Profile</c> and <c>--Etl:Region</c>, and the jobs here serve its activities beside, or instead of, those on Fargate.
    /// </summary>
    public static EtlCloud AddEtlCloud(this IDistributedApplicationBuilder builder, string name) => builder.Configuration["Etl:Aws"] switch
    {
        _ when builder.ExecutionContext.IsPublishMode => builder.AddDeployedStack(name),
        null or "" or "local" => builder.AddLocalCloud(name),
        "real" => builder.AddDeployedStack(name),
        var other => throw new DistributedApplicationException($"--Etl:Aws={other}: known are local and real"),
    };

    /// <summary>Tells a process of the cloud by the variables of the AWS SDKs and our own, and lets it wait for the cloud.</summary>
    public static IResourceBuilder<T> WithCloud<T>(this IResourceBuilder<T> resource, EtlCloud cloud)
        where T : IResourceWithEnvironment, IResourceWithWaitSupport
    {
        resource.WithEnvironment(EtlEnvironment.Bucket, cloud.Bucket).WaitFor(cloud.Resource);
        return cloud.Endpoint is { } endpoint
            ? resource
                .WithEnvironment("AWS_ENDPOINT_URL", endpoint)
                .WithLocalCredentials()
            : cloud.Account is { } account ? resource.WithReference(account) : resource;
    }

    /// <summary>The local cloud takes any credentials; SDKs insist on some.</summary>
    public static IResourceBuilder<T> WithLocalCredentials<T>(this IResourceBuilder<T> resource) where T : IResourceWithEnvironment => resource
        .WithEnvironment("AWS_REGION", EtlNames.LocalRegion)
        .WithEnvironment("AWS_ACCESS_KEY_ID", "local")
        .WithEnvironment("AWS_SECRET_ACCESS_KEY", "local");

    /// <summary>For what the deployed stack has running already.</summary>
    public static IResourceBuilder<T> WithExplicitStartUnlessLocal<T>(this IResourceBuilder<T> resource, EtlCloud cloud) where T : IResource =>
        cloud.IsLocal ? resource : resource.WithExplicitStart();
}
