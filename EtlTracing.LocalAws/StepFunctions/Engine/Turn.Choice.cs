using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    void Choose(Branch branch, State state)
    {
        var flow = Flow(branch);
        foreach (var rule in ChoiceRule.Of(state))
        {
            if (!rule.Holds(flow.Selected.Tree, Around(branch))) continue;
            var details = Data("output", "");
            var output = flow.Output(flow.Selected);
            details = Data("output", output.Json).With("name", state.Name);
            Assign(branch, rule.Json["Assign"] is null ? state.Json : rule.Json, flow.Selected, details);
            Exit(branch, output, details, rule.Next!);
            return;
        }
        if (state.Text("Default") is not { } otherwise)
            throw new StateFailedException("States.NoChoiceMatched", $"An error occurred while executing the state '{state.Name}' (entered at the event id #{branch.EnteredEvent}). Failed to transition out of the state. The state does not point to a next state.");
        Leave(branch, flow.Output(flow.Selected), flow.Selected, otherwise);
    }
}
