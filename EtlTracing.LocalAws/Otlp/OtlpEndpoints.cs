using Grpc.AspNetCore.Server.Model;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>OTLP's gRPC and HTTP routes in front of one <see cref="OtlpHandler"/>.</summary>
public static class OtlpEndpoints
{
    public static IServiceCollection AddOtlpEndpoints(this IServiceCollection services)
    {
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = OtlpHttp.MaxBody);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<OtlpGrpc>, OtlpGrpc.Methods>());
        services.AddSingleton<OtlpGrpc>();
        services.AddSingleton<OtlpHttp>();
        return services;
    }

    /// <summary>Maps the routes; an <see cref="OtlpHandler"/> must be registered.</summary>
    public static IEndpointConventionBuilder MapOtlpEndpoints(this IEndpointRouteBuilder routes)
    {
        var http = routes.ServiceProvider.GetRequiredService<OtlpHttp>();
        var group = routes.MapGroup("");
        group.MapGrpcService<OtlpGrpc>();
        group.MapPost("/v1/traces", context => http.HandleAsync(OtlpSignal.Traces, context));
        group.MapPost("/v1/metrics", context => http.HandleAsync(OtlpSignal.Metrics, context));
        group.MapPost("/v1/logs", context => http.HandleAsync(OtlpSignal.Logs, context));
        return group;
    }
}
