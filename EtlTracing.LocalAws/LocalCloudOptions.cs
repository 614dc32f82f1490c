using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EtlTracing.LocalAws;

/// <summary>What the local cloud is told at start. Port 0 takes any free port.</summary>
public sealed record LocalCloudOptions
{
    /// <summary>Where all state lives; made when missing.</summary>
    public required string DataDirectory { get; init; }
    public int Port { get; init; } = 4566;
    public int OtlpGrpcPort { get; init; } = 4317;
    public int OtlpHttpPort { get; init; } = 4318;

    /// <summary>The address to listen on; loopback unless told otherwise.</summary>
    public string Host { get; init; } = "127.0.0.1";
    public string Region { get; init; } = "us-east-2";
    public string Account { get; init; } = "000000000000";

    /// <summary>An OTLP back end that gets a copy of all received telemetry and the workflows' own spans.</summary>
    public Uri? ForwardTo { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>, as in OTEL_EXPORTER_OTLP_PROTOCOL.</summary>
    public string ForwardProtocol { get; init; } = "grpc";

    /// <summary>Headers of forwarded requests, <c>name=value,name=value</c> as in OTEL_EXPORTER_OTLP_HEADERS.</summary>
    public string ForwardHeaders { get; init; } = "";

    /// <summary>Span attributes that become X-Ray annotations: indexed_attributes of the collector's awsxray exporter.</summary>
    public IReadOnlyList<string> IndexedAttributes { get; init; } = [];

    /// <summary>How long traces are kept; X-Ray keeps them for 30 days.</summary>
    public TimeSpan TraceRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of segment documents that are kept; beyond it the oldest traces go.</summary>
    public long MaxTraceBytes { get; init; } = 2L << 30;

    /// <summary>True when the parent process holds our standard input open as a sign of life.</summary>
    public bool StopOnStdinEnd { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out LocalCloudOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = FromEnvironment(Path.Combine(Environment.CurrentDirectory, ".data"));
        error = null;
        for (var i = 0; i < args.Length; i++)
        {
            string? Value() => i + 1 < args.Length ? args[++i] : null;
            bool Number(out int port) => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
            var option = args[i];
            switch (option)
            {
                case "--data" when Value() is { } folder: options = options with { DataDirectory = folder }; break;
                case "--port" when Number(out var port): options = options with { Port = port }; break;
                case "--otlp-grpc-port" when Number(out var port): options = options with { OtlpGrpcPort = port }; break;
                case "--otlp-http-port" when Number(out var port): options = options with { OtlpHttpPort = port }; break;
                case "--indexed-attribute" when Value() is { } name: options = options with { IndexedAttributes = [.. options.IndexedAttributes, name] }; break;
                case "--host" when Value() is { } host: options = options with { Host = host }; break;
                default:
                    error = $"unknown or incomplete option '{option}'; known are --data DIR, --port N, --otlp-grpc-port N, --otlp-http-port N, --indexed-attribute NAME, --host ADDRESS";
                    options = null;
                    return false;
            }
        }
        return true;
    }
    /// <summary>The back end for telemetry comes by the variables that every OpenTelemetry SDK reads.</summary>
    static LocalCloudOptions FromEnvironment(string dataDirectory)
    {
        var options = new LocalCloudOptions { DataDirectory = dataDirectory };
        return options with
        {
            ForwardTo = Uri.TryCreate(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"), UriKind.Absolute, out var endpoint) ? endpoint : null,
            ForwardProtocol = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") ?? options.ForwardProtocol,
            ForwardHeaders = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_HEADERS") ?? options.ForwardHeaders,
        };
    }
}
