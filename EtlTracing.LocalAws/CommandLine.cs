using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace EtlTracing.LocalAws;

/// <summary>The process's options: the command line, and the variables that every OpenTelemetry SDK reads.</summary>
public static class CommandLine
{
    public const string Help = """
        EtlTracing.LocalAws: S3, Step Functions and X-Ray on one loopback port, OTLP on two more.

          --data DIR              where all state lives (default .data in the current folder)
          --port N                S3, Step Functions and X-Ray (default 4566; 0 takes any free port)
          --otlp-grpc-port N      telemetry in by OTLP/gRPC (default 4317; 0 takes any free port)
          --otlp-http-port N      telemetry in by OTLP/HTTP (default 4318; 0 takes any free port)
          --host ADDRESS          IP address to listen on (default 127.0.0.1)
          --region NAME           the region of buckets, machines and ARNs (default us-east-2)
          --trace-days N          how long traces are kept (default 30)
          --execution-days N      how long closed executions are kept (default 90)
          --indexed-attribute A   a span attribute that becomes an X-Ray annotation; may be repeated
          --require-signature     refuse requests that are not signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
          --stop-on-stdin-end     stop when standard input ends, and not on SIGINT
          --help                  this text

        When it is ready it prints one line: the word ready and its addresses as JSON.
        With OTEL_EXPORTER_OTLP_ENDPOINT (_PROTOCOL, _HEADERS) it passes telemetry on to that back end.
        """;

    /// <summary>False with one line that says what is wrong.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out LocalCloudOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        var read = FromEnvironment(Path.Combine(Environment.CurrentDirectory, ".data"));
        for (var i = 0; i < args.Length; i++)
        {
            string? Value() => i + 1 < args.Length && args[i + 1].Length > 0 ? args[++i] : null;
            bool Port(out int port) => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
            bool Days(out TimeSpan days)
            {
                var valid = int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 36_500;
                days = TimeSpan.FromDays(valid ? count : 0);
                return valid;
            }
            error = $"option '{args[i]}' is unknown, or its value is missing or wrong; --help lists them all";
            switch (args[i])
            {
                case "--data" when Value() is { } folder: read = read with { DataDirectory = folder }; break;
                case "--port" when Port(out var port): read = read with { Port = port }; break;
                case "--otlp-grpc-port" when Port(out var port): read = read with { OtlpGrpcPort = port }; break;
                case "--otlp-http-port" when Port(out var port): read = read with { OtlpHttpPort = port }; break;
                case "--host" when Value() is { } host && IPAddress.TryParse(host, out _): read = read with { Host = host }; break;
                case "--region" when Value() is { } region && region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'): read = read with { Region = region }; break;
                case "--trace-days" when Days(out var days): read = read with { TraceRetention = days }; break;
                case "--execution-days" when Days(out var days): read = read with { ExecutionRetention = days }; break;
                case "--indexed-attribute" when Value() is { } name: read = read with { IndexedAttributes = [.. read.IndexedAttributes, name] }; break;
                case "--stop-on-stdin-end": read = read with { StopOnStdinEnd = true }; break;
                case "--require-signature":
                    if (KeyFromEnvironment() is not { } key)
                    {
                        error = "--require-signature needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment";
                        return false;
                    }
                    read = read with { RequiredKey = key };
                    break;
                default: return false;
            }
        }
        error = null;
        options = read;
        return true;
    }

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

    static AccessKey? KeyFromEnvironment() =>
        Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") is { Length: > 0 } id
        && Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret ? new AccessKey(id, secret) : null;
}
