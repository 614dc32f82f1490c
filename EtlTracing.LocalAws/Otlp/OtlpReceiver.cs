namespace EtlTracing.LocalAws.Otlp;

static class OtlpReceiver
{
    public static IServiceCollection AddOtlpReceiver(this IServiceCollection services) => services;

    public static void MapOtlpReceiver(this WebApplication app) => app.MapGet("/otlp-not-yet", () => Results.StatusCode(501));
}
