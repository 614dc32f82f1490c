using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

/// <summary>States that need no worker: what goes in, what comes out, and the events in between.</summary>
public sealed class FlowTests
{
    [Theory]
    [InlineData(""" "Type": "Pass", "Result": { "b": 2 }, "ResultPath": "$.r.s", "End": true """, """{"a":1}""", """{"a":1,"r":{"s":{"b":2}}}""")]
    [InlineData(""" "Type": "Pass", "ResultPath": null, "Result": 1, "End": true """, """{ "a" : 1 }""", """{ "a" : 1 }""")]
    [InlineData(""" "Type": "Pass", "InputPath": "$.a", "Parameters": { "x.$": "$.b", "y": [{ "z.$": "$$.State.Name" }] }, "OutputPath": "$.x", "End": true """, """{"a":{"b":[1, 2]}}""", "[1,2]")]
    [InlineData(""" "Type": "Pass", "InputPath": null, "End": true """, """{"a":1}""", "{}")]
    [InlineData(""" "Type": "Succeed", "InputPath": "$.a" """, """{"a":1}""", "1")]
    [InlineData(""" "Type": "Wait", "Timestamp": "2016-08-18T17:33:00.123456789Z", "End": true """, "[ 1 ]", "[ 1 ]")]
    [InlineData(""" "Type": "Parallel", "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": 1, "End": true } } }, { "StartAt": "B", "States": { "B": { "Type": "Pass", "End": true } } }], "ResultSelector": { "first.$": "$[0]" }, "ResultPath": "$.out", "End": true """, """{"a":1}""", """{"a":1,"out":{"first":1}}""")]
    [InlineData(""" "Type": "Map", "ItemsPath": "$.all", "ItemSelector": { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "k.$": "$.k" }, "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }, "End": true """, """{"k":7,"all":["x","y"]}""", """[{"i":0,"v":"x","k":7},{"i":1,"v":"y","k":7}]""")]
    [InlineData(""" "Type": "Map", "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }, "End": true """, "[]", "[]")]
    [InlineData(""" "Type": "Map", "Iterator": { "StartAt": "A", "States": { "A": { "Type": "Map", "Iterator": { "StartAt": "B", "States": { "B": { "Type": "Pass", "End": true } } }, "End": true } } }, "End": true """, "[[1, 2],[3]]", "[[1,2],[3]]")]
    public async Task AStateTurnsItsInputIntoItsOutput(string state, string input, string output)
    {
        await using var cloud = await StatesCloud.StartAsync();

        var end = await cloud.Client.RunAsync($$"""{ "StartAt": "S", "States": { "S": { {{state}} } } }""", input);

        Assert.Equal(("SUCCEEDED", output), ((string?)end["status"], (string?)end["output"]));
    }

    [Theory]
    [InlineData(""" "Type": "Fail", "Error": "E", "Cause": "C" """, "E", "C")]
    [InlineData(""" "Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('because {}', $.c)" """, "err", "because why")]
    [InlineData(""" "Type": "Fail", "ErrorPath": "$.none" """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). The JSONPath '$.none' specified for the field 'ErrorPath' could not be found in the input '{\"e\":\"err\",\"c\":\"why\"}'")]
    [InlineData(""" "Type": "Pass", "OutputPath": "$.none", "End": true """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). Invalid path '$.none' : No results for path: $['none']")]
    [InlineData(""" "Type": "Pass", "Parameters": { "x.$": "$.none" }, "End": true """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). The JSONPath '$.none' specified for the field 'x.$' could not be found in the input '{\"e\":\"err\",\"c\":\"why\"}'")]
    [InlineData(""" "Type": "Wait", "SecondsPath": "$.none", "End": true """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). The SecondsPath parameter does not reference an input value: $.none")]
    [InlineData(""" "Type": "Wait", "TimestampPath": "$.e", "End": true """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.e == err")]
    [InlineData(""" "Type": "Choice", "Choices": [{ "Variable": "$.e", "StringEquals": "x", "Next": "Z" }] """, "States.NoChoiceMatched", null)]
    [InlineData(""" "Type": "Choice", "Choices": [{ "Variable": "$.none", "StringEquals": "x", "Next": "Z" }] """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). Invalid path '$.none': The choice state's condition path references an invalid value.")]
    [InlineData(""" "Type": "Map", "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }, "End": true """, "States.Runtime", "An error occurred while executing the state 'S' (entered at the event id #2). Reference path \"$\" must point to array.")]
    public async Task AFailureHasItsErrorAndItsCause(string state, string error, string? cause)
    {
        await using var cloud = await StatesCloud.StartAsync();
        var other = state.Contains("\"Z\"", StringComparison.Ordinal) ? """, "Z": { "Type": "Succeed" }""" : "";

        var end = await cloud.Client.RunAsync($$"""{ "StartAt": "S", "States": { "S": { {{state}} }{{other}} } }""", """{"e":"err","c":"why"}""");

        Assert.Equal(("FAILED", error), ((string?)end["status"], (string?)end["error"]));
        if (cause is not null) Assert.Equal(cause, (string?)end["cause"]);
    }

    [Fact]
    public async Task AMapThatIsCaughtLeavesTheEventsOfAws()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(
            """
            { "StartAt": "M", "States": {
                "M": { "Type": "Map", "ItemProcessor": { "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "E", "Cause": "C" } } }, "Catch": [{ "ErrorEquals": ["E"], "Next": "Z" }], "End": true },
                "Z": { "Type": "Pass", "End": true } } }
            """), "[1]");

        Assert.Equal("""{"Error":"E","Cause":"C"}""", (string?)(await cloud.Client.EndAsync(execution))["output"]);
        Assert.Equal(
            [
                "1<-0 ExecutionStarted", "2<-0 MapStateEntered", "3<-2 MapStateStarted", "4<-3 MapIterationStarted", "5<-4 FailStateEntered", "6<-5 MapIterationFailed",
                "7<-5 MapStateFailed", "8<-7 MapStateExited", "9<-8 PassStateEntered", "10<-9 PassStateExited", "11<-10 ExecutionSucceeded",
            ],
            await cloud.Client.ChainAsync(execution));
    }

    [Fact]
    public async Task AMapThatSucceedsLeavesTheEventsOfAws()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(
            """{ "StartAt": "M", "States": { "M": { "Type": "Map", "MaxConcurrency": 1, "ItemProcessor": { "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } }, "End": true } } }"""), "[1,2]");

        await cloud.Client.EndAsync(execution);
        Assert.Equal(
            [
                "1<-0 ExecutionStarted", "2<-0 MapStateEntered", "3<-2 MapStateStarted",
                "4<-3 MapIterationStarted", "5<-4 PassStateEntered", "6<-5 PassStateExited", "7<-6 MapIterationSucceeded",
                "8<-6 MapIterationStarted", "9<-8 PassStateEntered", "10<-9 PassStateExited", "11<-10 MapIterationSucceeded",
                "12<-11 MapStateSucceeded", "13<-11 MapStateExited", "14<-13 ExecutionSucceeded",
            ],
            await cloud.Client.ChainAsync(execution));
    }

    [Fact]
    public async Task AParallelThatIsRetriedStartsAgainAndFailsAtLast()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(
            """{ "StartAt": "P", "States": { "P": { "Type": "Parallel", "Branches": [{ "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "E" } } }], "Retry": [{ "ErrorEquals": ["E"], "MaxAttempts": 1, "IntervalSeconds": 1 }], "End": true } } }"""));

        await cloud.Client.EndAsync(execution);
        Assert.Equal(
            ["1<-0 ExecutionStarted", "2<-0 ParallelStateEntered", "3<-2 ParallelStateStarted", "4<-3 FailStateEntered", "5<-4 ParallelStateStarted", "6<-5 FailStateEntered", "7<-6 ParallelStateFailed", "8<-7 ExecutionFailed"],
            await cloud.Client.ChainAsync(execution));
    }

    [Fact]
    public async Task VariablesAreSetAfterAStateAndSeenByTheNext()
    {
        await using var cloud = await StatesCloud.StartAsync();

        var end = await cloud.Client.RunAsync(
            """
            { "StartAt": "A", "States": {
                "A": { "Type": "Pass", "Result": { "n": 5 }, "Assign": { "x.$": "$.n", "y": [1] }, "Next": "C" },
                "C": { "Type": "Choice", "Choices": [{ "Variable": "$x", "NumericEquals": 5, "Assign": { "z": "chosen" }, "Next": "P" }] , "Default": "F" },
                "P": { "Type": "Parallel", "Branches": [{ "StartAt": "B", "States": { "B": { "Type": "Pass", "Parameters": { "x.$": "$x", "y.$": "$y[0]", "z.$": "$z" }, "End": true } } }], "End": true },
                "F": { "Type": "Fail" } } }
            """);

        Assert.Equal("""[{"x":5,"y":1,"z":"chosen"}]""", (string?)end["output"]);
    }

    [Fact]
    public async Task AnEndlessLoopEndsAtTheLimitOfItsHistory()
    {
        await using var cloud = await StatesCloud.StartAsync();

        var end = await cloud.Client.RunAsync("""{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "C" }, "C": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "Z" }], "Default": "A" }, "Z": { "Type": "Succeed" } } }""");

        Assert.Equal(("States.Runtime", "The execution reached the maximum number of history events (25000)."), ((string?)end["error"], (string?)end["cause"]));
    }
}
