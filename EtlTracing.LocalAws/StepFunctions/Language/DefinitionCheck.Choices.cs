using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

public sealed partial class DefinitionCheck
{
    void Choice(JsonObject state, string at)
    {
        Require(state, at, "Choices");
        Text(state, "Default", at);
        if (state["Choices"] is JsonArray { Count: 0 }) Bad("Value cannot be empty", at + "/Choices");
        List(state, "Choices", at, (rule, place) => Rule(rule, place, isOuter: true, 0));
    }

    void Rule(JsonObject rule, string at, bool isOuter, int depth)
    {
        if (depth > MaxDepth)
        {
            Bad("The conditions are too deeply nested", at, "TOO_DEEPLY_NESTED");
            return;
        }
        if (isOuter) Require(rule, at, "Next");
        else if (rule.ContainsKey("Next")) Bad("The field 'Next' can only be set on the outermost rule", at + "/Next");
        Text(rule, "Next", at);
        if (rule["Assign"] is { } assign) Assign(assign, at + "/Assign");
        var operators = rule.Where(member => ChoiceRule.IsOperator(member.Key)).Select(member => member.Key).ToArray();
        Fields(rule, at, ["Variable", "Next", "Comment", "Assign", .. operators]);
        if (operators.Length != 1)
        {
            Bad("Exactly one comparison or logical operator is required", at);
            return;
        }
        switch (operators[0])
        {
            case "And" or "Or":
                if (rule[operators[0]] is JsonArray { Count: 0 }) Bad("Value cannot be empty", $"{at}/{operators[0]}");
                List(rule, operators[0], at, (inner, place) => Rule(inner, place, isOuter: false, depth + 1));
                break;
            case "Not":
                if (rule["Not"] is JsonObject not) Rule(not, at + "/Not", isOuter: false, depth + 1);
                else Bad("Expected value of type Object", at + "/Not");
                break;
            default:
                Require(rule, at, "Variable");
                Path(rule, "Variable", at);
                if (!ChoiceComparison.Takes(operators[0], rule[operators[0]])) Bad($"The value is not of the type that '{operators[0]}' compares", $"{at}/{operators[0]}");
                else if (operators[0].EndsWith("Path", StringComparison.Ordinal)) Path(rule, operators[0], at);
                break;
        }
    }
}
