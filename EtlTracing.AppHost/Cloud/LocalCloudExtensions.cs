using System.Globalization;

namespace EtlTracing.AppHost.Cloud;

static class LocalCloudExtensions
{
    const string Services = "http";
    const string OtlpGrpc = "otlp-grpc";
    const string OtlpHttp = "otlp-http";

    /// <summary>EtlTracing.LocalAws on the ports that stock clients expect; its state outlives the AppHost in <c>.data/aspire</c>.</summary>
    public static EtlCloud AddLocalCloud(this IDistributedApplicationBuilder builder, string name)
    {
        var cloud = builder.AddProject<Projects.EtlTracing_LocalAws>(name, launchProfileName: null)
            .WithHttpEndpoint(port: 4566, name: Services)
            .WithHttpEndpoint(port: 4317, name: OtlpGrpc)
            .WithEndpoint(OtlpGrpc, grpc => grpc.Transport = "http2")
            .WithHttpEndpoint(port: 4318, name: OtlpHttp)
            // It listens where its options say, not where ASPNETCORE_URLS does.
            .WithEndpointsInEnvironment(_ => false)
            // S3's list of buckets.
            .WithHttpHealthCheck("/", endpointName: Services)
            .WithUrlForEndpoint(OtlpGrpc, url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithUrlForEndpoint(OtlpHttp, url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly);
        cloud.WithArgs(context =>
        {
            void Add(string option, object value)
            {
                context.Args.Add(option);
                context.Args.Add(value);
            }

            Add("--data", Path.GetFullPath(builder.Configuration["Etl:Data"] ?? "../.data/aspire", builder.AppHostDirectory));
            Add("--port", cloud.GetEndpoint(Services).Property(EndpointProperty.TargetPort));
            Add("--otlp-grpc-port", cloud.GetEndpoint(OtlpGrpc).Property(EndpointProperty.TargetPort));
            Add("--otlp-http-port", cloud.GetEndpoint(OtlpHttp).Property(EndpointProperty.TargetPort));
            foreach (var attribute in EtlAttributes.Indexed) Add("--indexed-attribute", attribute);
        });

        return new EtlCloud
        {
            Resource = cloud,
            Endpoint = cloud.GetEndpoint(Services),
            Otlp = cloud.GetEndpoint(OtlpGrpc),
            Bucket = ReferenceExpression.Create($"{EtlNames.Bucket}"),
            StateMachineArn = ReferenceExpression.Create($"{PipelineSetup.StateMachineArn}"),
            CleanActivityArn = ReferenceExpression.Create($"{PipelineSetup.ActivityArn(EtlNames.CleanActivity)}"),
            ProcessActivityArn = ReferenceExpression.Create($"{PipelineSetup.ActivityArn(EtlNames.ProcessActivity)}"),
        };
    }

    /// <summary>
    /// Sets the local cloud up as soon as it answers, each time it starts: what waits for it finds bucket, workflow and activities.
    /// A deployed stack has all that already, and its own trigger.
    /// </summary>
    public static void DeliverUploadsTo(this EtlCloud cloud, EndpointReference trigger)
    {
        if (cloud.Resource is not IResourceBuilder<ProjectResource> local || cloud.Endpoint is not { } endpoint) return;

        var builder = local.ApplicationBuilder;
        // While a breakpoint holds a job no heartbeat is sent: raise this one to debug at leisure.
        var heartbeat = builder.AddParameter("heartbeat-seconds").WithDescription("Longest silence of a job before its task goes to another; raise it to stop at breakpoints");
        var timeout = builder.AddParameter("timeout-seconds").WithDescription("Longest time of one attempt at a job");
        var workflow = Path.Combine(AppContext.BaseDirectory, "workflow.asl.json");
        local.OnResourceReady(async (_, _, cancellationToken) => await PipelineSetup.ApplyAsync(
            new Uri(endpoint.Url),
            new Uri(new Uri(trigger.Url), EtlNames.EventsPath),
            workflow,
            await Seconds(timeout, cancellationToken),
            await Seconds(heartbeat, cancellationToken),
            cancellationToken));
    }

    static async Task<int> Seconds(IResourceBuilder<ParameterResource> parameter, CancellationToken cancellationToken)
    {
        var text = await parameter.Resource.GetValueAsync(cancellationToken);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : throw new DistributedApplicationException($"{parameter.Resource.Name} is '{text}'; it should be a whole number of seconds, 1 or more");
    }
}
