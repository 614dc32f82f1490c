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

    /// <summary>How long an unfinished multipart upload is kept. AWS keeps them for ever, unless a lifecycle rule says otherwise.</summary>
    public TimeSpan UploadRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The only key that requests may be signed with; null accepts every request, signed or not.</summary>
    public AccessKey? RequiredKey { get; init; }

    /// <summary>How long closed executions are kept; Step Functions keeps them for 90 days.</summary>
    public TimeSpan ExecutionRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Closed executions that are kept; beyond it the oldest go.</summary>
    public int MaxClosedExecutions { get; init; } = 100_000;

    /// <summary>True when the parent process holds our standard input open as a sign of life.</summary>
    public bool StopOnStdinEnd { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>An access key: its id and the secret that signs requests (Signature Version 4).</summary>
public sealed record AccessKey(string Id, string Secret);
