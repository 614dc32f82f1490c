using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

public sealed class MachineTests
{
    const string Variables = """
        { "StartAt": "A", "States": {
            "A": { "Type": "Pass", "Assign": { "x": 1, "y": "$y" }, "Next": "M" },
            "M": { "Type": "Map", "ItemsPath": "$list", "ItemSelector": { "v.$": "States.Format($y, $$.Map.Item.Value)" }, "ItemProcessor": { "StartAt": "B", "States": {
                "B": { "Type": "Pass", "Parameters": { "in": [{ "x.$": "$x" }, "$x"] }, "OutputPath": "$x", "End": true } } }, "End": true } } }
        """;

    static Task<JsonObject> UpdateAsync(StatesCloud cloud, string machine, string definition) =>
        cloud.Client.CallAsync("UpdateStateMachine", new JsonObject { ["stateMachineArn"] = machine, ["definition"] = definition });

    static Task<JsonObject> DescribeAsync(StatesCloud cloud, string machine) => cloud.Client.CallAsync("DescribeStateMachine", new JsonObject { ["stateMachineArn"] = machine });

    [Fact]
    public async Task TheDescriptionTellsWhichStateReadsWhichVariables()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var machine = await cloud.Client.CreateMachineAsync(Variables);

        Assert.Equal("""{"B":["x"],"M":["list","y"]}""", (await DescribeAsync(cloud, machine))["variableReferences"]!.ToJsonString());
    }

    [Fact]
    public async Task OnlyAnUpdateThatChangesSomethingMakesARevision()
    {
        await using var cloud = await StatesCloud.StartAsync();
        const string Other = """{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }""";
        var machine = await cloud.Client.CreateMachineAsync(Variables);
        Assert.Null((await DescribeAsync(cloud, machine))["revisionId"]);

        var first = (string?)(await UpdateAsync(cloud, machine, Other))["revisionId"];
        var same = (string?)(await UpdateAsync(cloud, machine, Other))["revisionId"];
        var next = (string?)(await UpdateAsync(cloud, machine, Variables))["revisionId"];

        Assert.Equal(first, same);
        Assert.NotEqual(first, next);
        Assert.Equal(next, (string?)(await DescribeAsync(cloud, machine))["revisionId"]);
    }

    [Theory]
    [InlineData("StartSyncExecution", "{}", "StartSyncExecution is not implemented here")]
    [InlineData("TestState", "{}", "TestState is not implemented here")]
    [InlineData("PublishStateMachineVersion", "{}", "PublishStateMachineVersion is not implemented here")]
    [InlineData("CreateStateMachine", """{"name":"v","roleArn":"arn:aws:iam::000000000000:role/r","publish":true,"definition":"{}"}""", "'publish': versions of state machines are not implemented here")]
    [InlineData("StartExecution", """{"stateMachineArn":"arn:aws:states:us-east-2:000000000000:stateMachine:fast"}""", "StartExecution of a state machine of type EXPRESS is not implemented here: use STANDARD")]
    public async Task WhatIsNotSupportedSaysSoByName(string operation, string body, string message)
    {
        await using var cloud = await StatesCloud.StartAsync();
        await cloud.Client.CallAsync("CreateStateMachine", new JsonObject { ["name"] = "fast", ["type"] = "EXPRESS", ["roleArn"] = "arn:aws:iam::000000000000:role/r", ["definition"] = """{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }""" });

        var refused = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.CallAsync(operation, (JsonObject)JsonNode.Parse(body)!));

        Assert.Equal(("NotImplemented", 501, message), (refused.Name, refused.Status, refused.Text));
    }

    [Fact]
    public async Task DeletingAStateMachineEndsItsExecutionsAndOneOfTheSameNameBeginsAnew()
    {
        await using var cloud = await StatesCloud.StartAsync();
        const string Waits = """{ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 1000, "End": true } } }""";
        var machine = await cloud.Client.CreateMachineAsync(Waits, "short-lived");
        var execution = await cloud.Client.StartAsync(machine, name: "once");

        await cloud.Client.CallAsync("DeleteStateMachine", new JsonObject { ["stateMachineArn"] = machine });

        var end = await cloud.Client.DescribeAsync(execution);
        Assert.Equal(("FAILED", "States.Runtime", "State machine short-lived has been deleted."), ((string?)end["status"], (string?)end["error"], (string?)end["cause"]));
        await cloud.Client.CreateMachineAsync(Waits, "short-lived");
        Assert.Empty((JsonArray)(await cloud.Client.CallAsync("ListExecutions", new JsonObject { ["stateMachineArn"] = machine }))["executions"]!);
        Assert.Equal(execution, await cloud.Client.StartAsync(machine, name: "once"));
        Assert.Equal("RUNNING", (string?)(await cloud.Client.DescribeAsync(execution))["status"]);
    }
}
