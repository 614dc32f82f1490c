namespace EtlTracing.AppHost.Collector;

/// <summary>The AWS Distro for OpenTelemetry with this repository's configuration.</summary>
sealed class OtelCollectorResource(string name) : ContainerResource(name)
{
    public const string OtlpGrpc = "otlp-grpc";
    public const string OtlpHttp = "otlp-http";
    public const string Health = "health";

    public const string Image = "aws-observability/aws-otel-collector";
    public const string Registry = "public.ecr.aws";
    public const string Tag = "v0.49.0";
}
