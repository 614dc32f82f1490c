using System.Text.Json.Nodes;

namespace EtlTracing.Local;

/// <summary>Where a run is: what the progress table shows of it.</summary>
public sealed record RunStatus
{
    public required Upload Upload { get; init; }

    /// <summary>Null until the workflow has started.</summary>
    public string? ExecutionArn { get; init; }

    /// <summary>RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; null until the workflow has started.</summary>
    public string? Status { get; init; }
    public string? TraceId { get; init; }
    public string? State { get; init; }
    public string? Step { get; init; }
    public long? Rows { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Stopped { get; init; }
    public string? Error { get; init; }
    public string? Cause { get; init; }

    /// <summary>The finished run's output: the workflow's input with each job's answer under its name.</summary>
    public JsonNode? Output { get; init; }

    public bool IsOver => Status is not (null or "RUNNING" or "PENDING_REDRIVE");
    public bool Succeeded => Status == "SUCCEEDED";
    public string Name => ExecutionArn is null ? "" : ExecutionArn[(ExecutionArn.LastIndexOf(':') + 1)..];
}
