using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    /// <summary>
    /// Goes on where the execution failed: what has succeeded stays, the state that failed starts anew with all its retries,
    /// a Parallel or Map with all its branches or items. The trace gets another segment, because the first one is complete.
    /// </summary>
    public void Redrive()
    {
        execution.Status = "RUNNING";
        execution.Stopped = null;
        execution.Output = execution.Error = execution.Cause = null;
        execution.RedriveCount++;
        execution.Redriven = now;
        if (execution.Definition.TimeoutSeconds is { } seconds) execution.Deadline = Later(seconds);
        if (execution.Segment is { } segment) execution.Segment = segment.Again(now);
        var root = execution.Root;
        root.Last = Record("ExecutionRedriven", execution.NextEvent - 1, "executionRedrivenEventDetails", new JsonObject { ["redriveCount"] = execution.RedriveCount });
        root.Clear();
        root.Attempt = null;
        root.AttemptId = null;
        if (root.Definition.Type is "Task" or "Parallel" or "Map") Attempt(root);
        else GoTo(root, root.State);
        Run();
    }
}
