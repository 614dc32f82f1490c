using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    void Schedule(Branch branch)
    {
        var state = branch.Definition;
        var activity = state.Text("Resource")!;
        var flow = Flow(branch);
        var input = flow.Effective();
        if (input.IsTooLarge) throw Oversized(branch.State);
        branch.TimeoutSeconds = flow.Number("TimeoutSeconds");
        branch.HeartbeatSeconds = flow.Number("HeartbeatSeconds");
        if (!activities.Exists(activity)) throw StateFailedException.AtRuntime($"The activity {activity} does not exist.");
        branch.Activity = activity;
        branch.TaskInput = input.Json;
        branch.Token = TaskToken.Make();
        branch.Phase = Phase.Scheduled;
        branch.ScheduledEvent = Follow(branch, "ActivityScheduled", "activityScheduledEventDetails", Data("input", input.Json)
            .With("resource", activity)
            .With("timeoutInSeconds", (long?)branch.TimeoutSeconds)
            .With("heartbeatInSeconds", (long?)branch.HeartbeatSeconds));
        Offered.Add(branch);
    }

    /// <summary>A worker takes the task: its times begin.</summary>
    public void Claim(Branch branch, string? worker)
    {
        branch.Phase = Phase.Started;
        if (branch.TimeoutSeconds is { } timeout) branch.Due = Later(timeout);
        if (branch.HeartbeatSeconds is { } heartbeat) branch.HeartbeatDue = Later(heartbeat);
        if (branch.StartedEvent is null) branch.StartedEvent = Follow(branch, "ActivityStarted", "activityStartedEventDetails", new JsonObject().With("workerName", worker));
    }

    /// <summary>The worker went away before it had the task: the next one gets it.</summary>
    public void Unclaim(Branch branch)
    {
        branch.Phase = Phase.Scheduled;
        branch.Due = branch.HeartbeatDue = null;
        Offered.Add(branch);
        // Other branches may have gone on since; then the event stays and stands for the next worker's start.
        if (branch.StartedEvent != execution.NextEvent - 1) return;
        Undone = branch.StartedEvent;
        execution.NextEvent--;
        branch.StartedEvent = null;
        branch.Last = branch.ScheduledEvent;
    }

    public void Succeed(Branch branch, string output)
    {
        if (new StateData(output).IsTooLarge)
        {
            var failure = Oversized(branch.Activity!);
            FailTask(branch, failure.Error, failure.Cause);
            return;
        }
        Follow(branch, "ActivitySucceeded", "activitySucceededEventDetails", Data("output", output));
        EndTask(branch);
        if (execution.IsRunning) Complete(branch, new StateData(output));
        Run();
    }

    public void FailTask(Branch branch, string? error, string? cause)
    {
        Follow(branch, "ActivityFailed", "activityFailedEventDetails", new JsonObject().With("error", error).With("cause", cause));
        EndTask(branch);
        if (execution.IsRunning) Fail(branch, new StateFailedException(error ?? "", cause) { IsFromWorker = true });
        Run();
    }

    void TimeOut(Branch branch)
    {
        var heartbeat = !(branch.Due <= now);
        Follow(branch, "ActivityTimedOut", "activityTimedOutEventDetails", new JsonObject { ["error"] = StateFailedException.Timeout });
        EndTask(branch);
        if (execution.IsRunning) Fail(branch, new StateFailedException(StateFailedException.Timeout, null), heartbeat);
    }

    void EndTask(Branch branch)
    {
        if (branch.Token is not null) DeadTokens.Add(branch.Token);
        branch.Token = null;
        branch.Due = branch.HeartbeatDue = null;
    }
}
