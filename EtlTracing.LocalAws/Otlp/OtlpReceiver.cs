using EtlTracing.LocalAws.XRay;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing.Matching;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>OTLP into the local cloud, on its own two ports.</summary>
static class OtlpReceiver
{
    public static IServiceCollection AddOtlpReceiver(this IServiceCollection services)
    {
        services.AddSingleton<SegmentStore>();
        services.AddSingleton(provider => new DroppedSpans(provider.GetRequiredService<LocalCloudOptions>().Time));
        services.AddSingleton<OtlpForwarder>();
        services.AddHostedService(provider => provider.GetRequiredService<OtlpForwarder>());
        services.AddSingleton<TelemetryIntake>();
        services.AddSingleton<OtlpHandler>(provider => provider.GetRequiredService<TelemetryIntake>().AcceptAsync);
        services.AddSingleton<MatcherPolicy, PortPolicy>();
        return services.AddOtlpEndpoints();
    }

    public static void MapOtlpReceiver(this WebApplication app)
    {
        var forwarder = app.Services.GetRequiredService<OtlpForwarder>();
        app.Services.GetRequiredService<SegmentStore>().OwnCompleted += segment => forwarder.Enqueue(OwnSpans.From(segment));
        app.MapOtlpEndpoints().WithMetadata(new OnOtlpPorts());
        app.MapGet("/_localaws/dropped-spans", (DroppedSpans dropped) => dropped.ToJson());
    }

    sealed class OnOtlpPorts;

    /// <summary>
    /// On the AWS port <c>POST /v1/traces</c> is an S3 request for a bucket named v1; on the OTLP ports there is no S3. The
    /// ports are known only once the server listens, so routes can't name them.
    /// </summary>
    sealed class PortPolicy(IServer server) : MatcherPolicy, IEndpointSelectorPolicy
    {
        int? _awsPort;

        public override int Order => int.MinValue;

        public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

        public Task ApplyAsync(HttpContext context, CandidateSet candidates)
        {
            var isOtlp = context.Connection.LocalPort != AwsPort();
            for (var i = 0; i < candidates.Count; i++)
                if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<OnOtlpPorts>() is not null != isOtlp) candidates.SetValidity(i, false);
            return Task.CompletedTask;
        }

        int AwsPort() => _awsPort ??= new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }
}
