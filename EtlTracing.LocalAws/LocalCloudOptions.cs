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

    /// <summary>True when the parent process holds our standard input open as a sign of life.</summary>
    public bool StopOnStdinEnd { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out LocalCloudOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = new LocalCloudOptions { DataDirectory = Path.Combine(Environment.CurrentDirectory, ".data") };
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
                case "--host" when Value() is { } host: options = options with { Host = host }; break;
                default:
                    error = $"unknown or incomplete option '{option}'; known are --data DIR, --port N, --otlp-grpc-port N, --otlp-http-port N, --host ADDRESS";
                    options = null;
                    return false;
            }
        }
        return true;
    }
}
