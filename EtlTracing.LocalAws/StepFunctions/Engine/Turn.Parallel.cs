using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    void StartBranches(Branch branch)
    {
        var state = branch.Definition;
        var input = Flow(branch).Effective();
        Follow(branch, "ParallelStateStarted");
        branch.Phase = Phase.Children;
        branch.Children = [];
        branch.Results = new string?[state.Branches!.Length];
        for (var i = 0; i < state.Branches.Length && execution.IsRunning; i++)
            StartChild(branch, state.Branches[i], i, input.Json);
    }

    Branch StartChild(Branch parent, Scope scope, int index, string input)
    {
        var child = new Branch { Parent = parent, Scope = scope, Index = index, Input = input, Last = parent.Last };
        parent.Children!.Add(child);
        GoTo(child, scope.StartAt);
        return child;
    }

    void ChildEnded(Branch parent, Branch child, string output)
    {
        parent.Children!.Remove(child);
        parent.Results![child.Index] = output;
        if (parent.Definition.Type == "Map")
        {
            IterationEnded(parent, child);
            return;
        }
        if (parent.Children.Count > 0) return;
        parent.Last = child.Last;
        Record("ParallelStateSucceeded", parent.Last);
        var results = parent.Results;
        if (execution.IsRunning) Complete(parent, StateData.Array(results!));
    }

    void ChildFailed(Branch parent, Branch child, string error, string? cause)
    {
        if (parent.Definition.Type == "Map") Record("MapIterationFailed", child.Last, "mapIterationFailedEventDetails", Iteration(parent, child.Index));
        AbortChildren(parent, child);
        if (!execution.IsRunning) return;
        parent.Last = child.Last;
        Fail(parent, new StateFailedException(error, cause));
    }

    /// <summary>Stops what the others do. They stay with their parent: a redrive takes them up again.</summary>
    void AbortChildren(Branch parent, Branch? except)
    {
        foreach (var other in parent.Children!.Where(other => other != except))
        {
            foreach (var one in other.All()) Abandon(one, "Aborted", null);
            if (parent.Definition.Type == "Map") Record("MapIterationAborted", other.Last, "mapIterationAbortedEventDetails", Iteration(parent, other.Index));
        }
    }
}
