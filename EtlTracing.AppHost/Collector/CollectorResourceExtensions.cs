using Amazon.Runtime.Credentials;
using Amazon.S3;
using EtlTracing.AppHost.Cloud;

namespace EtlTracing.AppHost.Collector;

static class CollectorResourceExtensions
{
    const string Config = "otel-agent-config.yaml";
    const string LocalConfig = "otel-agent-config.local.yaml";

    /// <summary>
    /// The collector, sending to X-Ray (the local cloud's, or the real one) and to the dashboard. With <c>--Etl:Collector=none</c> there is none.
    /// </summary>
    /// <returns>Where processes send OTLP over gRPC: the collector, else the local cloud, which passes everything on to the dashboard. Null: to the dashboard alone.</returns>
    public static EndpointReference? AddOtelCollector(this IDistributedApplicationBuilder builder, string name, EtlCloud cloud)
    {
        if (builder.Configuration["Etl:Collector"] is { Length: > 0 } choice)
            return choice == "none" ? cloud.Otlp : throw new DistributedApplicationException($"--Etl:Collector={choice}: known is none");

        var collector = builder.AddResource(new OtelCollectorResource(name))
            .WithImage(OtelCollectorResource.Image, OtelCollectorResource.Tag)
            .WithImageRegistry(OtelCollectorResource.Registry)
            .WithHttpEndpoint(targetPort: 4317, name: OtelCollectorResource.OtlpGrpc)
            .WithEndpoint(OtelCollectorResource.OtlpGrpc, grpc => grpc.Transport = "http2")
            .WithHttpEndpoint(targetPort: 4318, name: OtelCollectorResource.OtlpHttp)
            .WithHttpEndpoint(targetPort: 13133, name: OtelCollectorResource.Health)
            .WithHttpHealthCheck("/", endpointName: OtelCollectorResource.Health)
            .WithBindMount($"../{Config}", $"/etc/{Config}", isReadOnly: true)
            .WithArgs($"--config=/etc/{Config}")
            .WaitFor(cloud.Resource);

        // What is local never gets into a manifest, the dashboard's key least of all.
        if (builder.ExecutionContext.IsRunMode)
            collector
                .WithBindMount($"../{LocalConfig}", $"/etc/{LocalConfig}", isReadOnly: true)
                .WithArgs($"--config=/etc/{LocalConfig}")
                .WithDashboard()
                .WithXRay(cloud);

        return collector.GetEndpoint(OtelCollectorResource.OtlpGrpc);
    }

    /// <summary>Sends a process's telemetry there instead of straight to the dashboard, under the service's name.</summary>
    public static IResourceBuilder<ProjectResource> WithTelemetry(this IResourceBuilder<ProjectResource> project, EndpointReference? otlp, string service)
    {
        project.WithEnvironment("OTEL_SERVICE_NAME", service);
        if (otlp is null) return project;

        return project
            .WaitFor(project.ApplicationBuilder.CreateResourceBuilder(otlp.Resource))
            .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", otlp)
            .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
            // The dashboard's key, which is nobody else's business.
            .WithEnvironment(context => context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_HEADERS"));
    }

    static IResourceBuilder<OtelCollectorResource> WithDashboard(this IResourceBuilder<OtelCollectorResource> collector)
    {
        var configuration = collector.ApplicationBuilder.Configuration;
        var dashboard = configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? "http://localhost:18889";
        return collector
            .WithEnvironment("ASPIRE_ENDPOINT", new HostUrl(dashboard))
            .WithEnvironment("ASPIRE_INSECURE", dashboard.StartsWith("http://", StringComparison.Ordinal) ? "true" : "false")
            .WithEnvironment("ASPIRE_API_KEY", configuration["AppHost:OtlpApiKey"] ?? "");
    }

    static IResourceBuilder<OtelCollectorResource> WithXRay(this IResourceBuilder<OtelCollectorResource> collector, EtlCloud cloud) =>
        cloud.Endpoint is { } endpoint
            ? collector
                .WithEnvironment("AWS_ENDPOINT_URL_XRAY", endpoint)
                .WithLocalCredentials()
            // The container has no profile to look up: it gets what the profile gives now, and with expiring credentials a restart gives it new ones.
            : collector.WithEnvironment(async context =>
            {
                // Any service's configuration: credentials and region are what is asked for.
                var config = cloud.ClientConfig<AmazonS3Config>();
                var credentials = await DefaultAWSCredentialsIdentityResolver.GetCredentials(config).GetCredentialsAsync();
                context.EnvironmentVariables["AWS_REGION"] = config.RegionEndpoint.SystemName;
                context.EnvironmentVariables["AWS_ACCESS_KEY_ID"] = credentials.AccessKey;
                context.EnvironmentVariables["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey;
                if (credentials.UseToken) context.EnvironmentVariables["AWS_SESSION_TOKEN"] = credentials.Token;
            });
}
