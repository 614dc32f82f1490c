namespace EtlTracing.Local;

/// <summary>What the system on this machine is told at start. A port of 0 takes any free one.</summary>
public sealed record LocalSystemOptions
{
    /// <summary>Where state, outputs and logs live.</summary>
    public required string DataFolder { get; init; }
    public int Port { get; init; } = 4566;
    public int OtlpGrpcPort { get; init; } = 4317;
    public int OtlpHttpPort { get; init; } = 4318;
    public int ViewerPort { get; init; } = 5080;
    public int TriggerPort { get; init; } = 5081;
    public bool WithViewer { get; init; } = true;

    /// <summary>The workflow's time limits in seconds: a state's, and between two heartbeats of its job.</summary>
    public int TimeoutSeconds { get; init; } = 3600;
    public int HeartbeatSeconds { get; init; } = 30;

    /// <summary>Environment that every process gets besides.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>An OTLP back end that the local cloud passes all telemetry on to.</summary>
    public Uri? ForwardTelemetryTo { get; init; }

    /// <summary>A job's heartbeat interval in seconds: three fit into the workflow's limit.</summary>
    public double JobHeartbeatSeconds => HeartbeatSeconds / 3.0;
}
