using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    /// <summary>
    /// Goes on where the execution failed: what has succeeded stays, also the branches of a Parallel and the iterations of an
    /// inline Map; the states that failed or were cut off start anew with all their retries, a distributed Map with all its
    /// items. The trace gets another segment, because the first one is complete.
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
        TakeUp(root, root.Last);
        Run();
    }

    void TakeUp(Branch branch, long after)
    {
        branch.Last = after;
        branch.Attempt = null;
        branch.AttemptId = null;
        var children = branch.Children;
        if (children is not { Count: > 0 })
        {
            branch.Clear();
            if (branch.Definition.Type is "Task" or "Parallel" or "Map") Attempt(branch);
            else GoTo(branch, branch.State);
            return;
        }
        branch.Retries = null;
        branch.RetryCount = 0;
        branch.Phase = Phase.Children;
        Begin(branch);
        foreach (var child in children.ToArray()) TakeUp(child, after);
    }
}
