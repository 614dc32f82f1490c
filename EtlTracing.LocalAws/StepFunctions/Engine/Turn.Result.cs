using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>Where the execution stands after the turn, as it is to be written: taken before anybody changes it again.</summary>
public sealed partial class Turn
{
    public string Status { get; private set; } = "RUNNING";
    public DateTimeOffset? Stopped { get; private set; }
    public string? Output { get; private set; }
    public string? Error { get; private set; }
    public string? Cause { get; private set; }
    public int Redrives { get; private set; }
    public DateTimeOffset? Redriven { get; private set; }

    /// <summary>Kept for failed executions too: a redrive goes on from there.</summary>
    public string? Snapshot { get; private set; }

    /// <summary>The X-Ray segment as it now is.</summary>
    public JsonObject? Document { get; private set; }

    public void Close()
    {
        Status = execution.Status;
        Stopped = execution.Stopped;
        Output = execution.Output;
        Error = execution.Error;
        Cause = execution.Cause;
        Redrives = execution.RedriveCount;
        Redriven = execution.Redriven;
        if (Status != "SUCCEEDED")
            Snapshot = JsonSerializer.Serialize(new Snapshot(execution.Root, execution.Segment, execution.NextEvent, execution.Deadline), SnapshotJson.Default.Snapshot);
        Document = execution.Segment?.ToDocument(execution, execution.Stopped);
    }
}
