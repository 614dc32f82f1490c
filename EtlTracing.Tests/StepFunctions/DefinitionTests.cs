using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

public sealed class DefinitionTests
{
    const string End = """ "P": { "Type": "Pass", "End": true } """;

    [Theory]
    [InlineData("{}", "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "C": { "Type": "Pass", "End": true } } }""", "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next|MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/C")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } } }""", "MISSING_END_STATE: Workflow has no terminal state")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "What", "End": true } } }""", "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Parallel", "Branches": [], "End": true } } }""", "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Branches")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "States.Format('\\\"{}', 1)" }, "End": true } } }""", "SCHEMA_VALIDATION_FAILED: The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Timestamp": "2016-13-05T21:29:29Z", "End": true } } }""", "SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Timestamp")]
    [InlineData("""{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }""", "SCHEMA_VALIDATION_FAILED: The query language 'JSONata' is not supported by this local cloud: use 'JSONPath' at /QueryLanguage")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true } } }""", "SCHEMA_VALIDATION_FAILED: The service integration 'arn:aws:states:::lambda:invoke' is not supported by this local cloud: tasks run on activities at /States/A/Resource")]
    [InlineData("""{ "StartAt": "A", "States": { "A": { "Type": "Choice", "Choices": [{ "Variable": "$.a", "StringEquals": "x" }], "Default": "P" }, "P": { "Type": "Pass", "End": true } } }""", "SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Choices[0]")]
    public void EachMistakeIsToldWithItsPlace(string definition, string expected) =>
        Assert.Equal(expected.Split('|'), DefinitionCheck.Of(definition, "STANDARD").Select(one => one.ToString()));

    [Fact]
    public async Task AnInvalidDefinitionIsRefusedAndValidatedWithTheSameWords()
    {
        await using var cloud = await StatesCloud.StartAsync();

        var refused = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.CreateMachineAsync("""{ "StartAt": "P" }"""));
        var told = await cloud.Client.CallAsync("ValidateStateMachineDefinition", new JsonObject { ["definition"] = """{ "StartAt": "P" }""" });
        var broken = await cloud.Client.CallAsync("ValidateStateMachineDefinition", new JsonObject { ["definition"] = "not a definition" });
        var good = await cloud.Client.CallAsync("ValidateStateMachineDefinition", new JsonObject { ["definition"] = $$"""{ "StartAt": "P", "States": { {{End}} } }""" });

        Assert.Equal(("InvalidDefinition", "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'"), (refused.Name, refused.Text));
        Assert.Equal("""{"result":"FAIL","diagnostics":[{"severity":"ERROR","code":"SCHEMA_VALIDATION_FAILED","message":"These fields are required: [States]","location":"/"}],"truncated":false}""", told.ToJsonString());
        Assert.Equal("[Source: (String)\"not a definition\"; line: 1, column: 4]", (string?)broken["diagnostics"]![0]!["location"]);
        Assert.Equal("""{"result":"OK","diagnostics":[],"truncated":false}""", good.ToJsonString());
    }

    [Fact]
    public async Task TheWorkflowOfThisRepositoryIsValid()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "workflow.asl.json"));
        text = text.Replace("${CleanActivityArn}", "arn:aws:states:us-east-2:000000000000:activity:etl-clean", StringComparison.Ordinal)
            .Replace("${ProcessActivityArn}", "arn:aws:states:us-east-2:000000000000:activity:etl-process", StringComparison.Ordinal)
            .Replace("${TimeoutSeconds}", "3600", StringComparison.Ordinal).Replace("${HeartbeatSeconds}", "60", StringComparison.Ordinal);

        Assert.Empty(DefinitionCheck.Of(text, "STANDARD"));
    }
}
