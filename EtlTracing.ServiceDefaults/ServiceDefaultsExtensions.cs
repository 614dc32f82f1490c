using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EtlTracing.ServiceDefaults;

/// <summary>What every process does alike: telemetry, health, and how it stops.</summary>
public static class ServiceDefaultsExtensions
{
    const string Alive = "live";

    /// <summary>Configured by the standard <c>OTEL_*</c> variables; without an OTLP endpoint nothing is exported.</summary>
    public static T AddServiceDefaults<T>(this T builder) where T : IHostApplicationBuilder
    {
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        // One line a request says less than the span does.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Alive]);
        if (builder.Configuration[EtlEnvironment.StopOnStdinEnd] == "1") builder.Services.AddSingleton<IHostLifetime, StdinLifetime>();
        builder.AddTelemetry();
        builder.Services.AddSingleton<Telemetry>();
        return builder;
    }

    /// <summary><c>/health</c>: ready for work. <c>/alive</c>: the process answers.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health");
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Alive) });
    }

    static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        // Context travels in X-Amzn-Trace-Id, set where it is wanted. HttpClient would add a traceparent of its own to each call.
        DistributedContextPropagator.Current = DistributedContextPropagator.CreateNoOutputPropagator();
        Sdk.SetDefaultTextMapPropagator(new XRayPropagator());

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                settings["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName,
                serviceVersion: Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3)))
            .WithTracing(tracing => tracing
                .AddXRayTraceId()
                .SetSampler(XRaySampler.FromEnvironment(settings["OTEL_TRACES_SAMPLER"], settings["OTEL_TRACES_SAMPLER_ARG"]))
                .AddSource(builder.Environment.ApplicationName)
                .AddSource("EtlTracing.Aws")
                .AddSource("EtlTracing.Jobs")
                .AddSource("EtlTracing.Pipeline"))
            .WithMetrics(metrics => metrics
                .AddMeter("EtlTracing.Jobs")
                .AddMeter("System.Runtime"))
            .WithLogging(configureBuilder: null, logging => logging.IncludeFormattedMessage = true);

        if (string.IsNullOrEmpty(settings["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        // A collector that restarts must not cost spans. With OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=disk and
        // OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH they survive a restart of this process as well.
        settings["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] ??= "in_memory";
        telemetry.UseOtlpExporter();
    }
}
