using EtlTracing.LocalAws.XRay;

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
        return services.AddOtlpEndpoints();
    }

    public static void MapOtlpReceiver(this WebApplication app)
    {
        var forwarder = app.Services.GetRequiredService<OtlpForwarder>();
        app.Services.GetRequiredService<SegmentStore>().OwnCompleted += segment => forwarder.Enqueue(OwnSpans.From(segment));
        app.MapOtlpEndpoints();
    }
}
