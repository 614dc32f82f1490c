using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    const string TooLarge = "The state/task '{0}' returned a result with a size exceeding the maximum number of bytes service limit.";

    /// <summary>Begins the work of a state that can be retried; each try starts here.</summary>
    void Attempt(Branch branch)
    {
        branch.ClearAttempt();
        Begin(branch);
        try
        {
            switch (branch.Definition.Type)
            {
                case "Task": Schedule(branch); break;
                case "Parallel": StartBranches(branch); break;
                default: StartMap(branch); break;
            }
        }
        catch (StateFailedException failure)
        {
            Fail(branch, failure);
        }
    }

    /// <summary>The state's work gave this: through the output's filters, and on.</summary>
    void Complete(Branch branch, StateData result)
    {
        try
        {
            if (result.IsTooLarge) throw Oversized(branch.State);
            Leave(branch, Flow(branch).Output(result), result);
        }
        catch (StateFailedException failure)
        {
            Fail(branch, failure);
        }
    }

    static StateFailedException Oversized(string what) => new(StateFailedException.DataLimit, TooLarge.Replace("{0}", what, StringComparison.Ordinal));

    void Leave(Branch branch, StateData output, StateData? result = null, string? next = null)
    {
        if (output.IsTooLarge) throw Oversized(branch.State);
        var state = branch.Definition;
        var details = Data("output", output.Json).With("name", state.Name);
        Assign(branch, state.Json, result ?? new StateData(branch.Input), details);
        Exit(branch, output, details, next ?? state.Next);
    }

    void Exit(Branch branch, StateData output, JsonObject details, string? next)
    {
        Follow(branch, branch.Definition.Type + "StateExited", "stateExitedEventDetails", details);
        if (!execution.IsRunning) return;
        Finish(branch, null, null);
        branch.Clear();
        branch.Input = output.Json;
        if (next is not null) GoTo(branch, next);
        else if (branch.Parent is { } parent) ChildEnded(parent, branch, output.Json);
        else
        {
            Record("ExecutionSucceeded", branch.Last, "executionSucceededEventDetails", Data("output", output.Json));
            End("SUCCEEDED", output.Json, null, null);
        }
    }

    void Fail(Branch branch, StateFailedException failure, bool heartbeat = false)
    {
        var state = branch.Definition;
        var (error, cause) = (failure.Error, failure.Cause);
        if (failure.NeedsPlace) cause = $"An error occurred while executing the state '{state.Name}' (entered at the event id #{branch.EnteredEvent}). {cause}";
        if (state.Type is "Task" or "Parallel" or "Map")
        {
            if (TryRetry(branch, state, failure, cause, heartbeat) || TryCatch(branch, state, failure, cause, heartbeat)) return;
            if (state.Type != "Task" && branch.Phase is Phase.Children or Phase.MapRun) Follow(branch, state.Type + "StateFailed");
        }
        Finish(branch, error, cause);
        if (branch.Parent is { } parent) ChildFailed(parent, branch, error, cause);
        else FailExecution(branch.Last, error.Length == 0 ? null : error, cause);
    }

    bool TryRetry(Branch branch, State state, StateFailedException failure, string? cause, bool heartbeat)
    {
        var error = failure.Error;
        for (var i = 0; i < state.Retriers.Count; i++)
        {
            var retrier = state.Retriers[i];
            if (!ErrorNames.Match(retrier.Errors, failure, heartbeat)) continue;
            var used = branch.Retries ??= new int[state.Retriers.Count];
            if (used[i] >= retrier.MaxAttempts) return false;
            var delay = retrier.Delay(used[i]++, random.NextDouble());
            branch.RetryCount++;
            Abandon(branch, error, cause);
            branch.ClearAttempt();
            branch.Phase = Phase.Retrying;
            branch.Due = now + delay;
            return true;
        }
        return false;
    }

    bool TryCatch(Branch branch, State state, StateFailedException failure, string? cause, bool heartbeat)
    {
        var error = failure.Error;
        foreach (var catcher in state.Catchers)
        {
            if (!ErrorNames.Match(catcher.Errors, failure, heartbeat)) continue;
            if (state.Type != "Task" && branch.Phase is Phase.Children or Phase.MapRun) Follow(branch, state.Type + "StateFailed");
            var caught = new StateData(new JsonObject { ["Error"] = error, ["Cause"] = cause ?? "" });
            try
            {
                var output = DataFlow.Merge(catcher.Json, new StateData(branch.Input), caught);
                var details = Data("output", output.Json).With("name", state.Name);
                Assign(branch, catcher.Json, caught, details);
                Abandon(branch, error, cause);
                Exit(branch, output, details, catcher.Next);
            }
            catch (StateFailedException inCatch)
            {
                Finish(branch, inCatch.Error, inCatch.Cause);
                if (branch.Parent is { } parent) ChildFailed(parent, branch, inCatch.Error, inCatch.Cause);
                else FailExecution(branch.Last, inCatch.Error, inCatch.Cause);
            }
            return true;
        }
        return false;
    }

    /// <summary>Sets the variables of a state's or catcher's Assign; all values see the variables as they were before.</summary>
    void Assign(Branch branch, JsonObject json, StateData from, JsonObject details)
    {
        if (json["Assign"] is not JsonObject { Count: > 0 } template) return;
        var values = (JsonObject)PayloadTemplate.Fill(template, from.Tree, Around(branch))!;
        var assigned = new JsonObject();
        foreach (var (name, value) in values)
        {
            var text = StateData.Write(value);
            (branch.Variables ??= [])[name] = text;
            assigned[name] = text;
        }
        details["assignedVariables"] = assigned;
        details["assignedVariablesDetails"] = new JsonObject { ["truncated"] = false };
    }
}
