using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

public sealed class RedriveTests
{
    [Fact]
    public async Task ARedriveGoesOnAtTheStateThatFailed()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var machine = await cloud.Client.CreateMachineAsync($$"""{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": 1, "Next": "B" }, "B": { "Type": "Task", "Resource": "{{activity}}", "End": true } } }""");
        var execution = await cloud.Client.StartAsync(machine);
        await cloud.Client.FailAsync((await cloud.Client.TakeAsync(activity)).Token, "E", "C");
        Assert.Equal("REDRIVABLE", (string?)(await cloud.Client.EndAsync(execution))["redriveStatus"]);

        await cloud.Client.CallAsync("RedriveExecution", new JsonObject { ["executionArn"] = execution });
        var (token, input) = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(token, "2");

        var end = await cloud.Client.EndAsync(execution);
        Assert.Equal("1", input);
        Assert.Equal(("SUCCEEDED", "2", 1), ((string?)end["status"], (string?)end["output"], (int)end["redriveCount"]!));
        Assert.Equal(
            ["6<-5 ActivityStarted", "7<-6 ActivityFailed", "8<-7 ExecutionFailed", "9<-8 ExecutionRedriven", "10<-9 ActivityScheduled", "11<-10 ActivityStarted", "12<-11 ActivitySucceeded", "13<-12 TaskStateExited", "14<-13 ExecutionSucceeded"],
            (await cloud.Client.ChainAsync(execution))[5..]);
        var refused = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.CallAsync("RedriveExecution", new JsonObject { ["executionArn"] = execution }));
        Assert.Equal(("ExecutionNotRedrivable", "Execution is SUCCEEDED and cannot be redriven"), (refused.Name, refused.Text));
    }

    [Fact]
    public async Task ARedriveKeepsTheBranchesAndIterationsThatSucceeded()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var task = $$"""{ "Type": "Task", "Resource": "{{activity}}", "End": true }""";
        var machine = await cloud.Client.CreateMachineAsync($$"""
            { "StartAt": "P", "States": { "P": { "Type": "Parallel", "End": true, "Branches": [
                { "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": "a", "End": true } } },
                { "StartAt": "M", "States": { "M": { "Type": "Map", "MaxConcurrency": 2, "End": true, "ItemProcessor": { "StartAt": "B", "States": { "B": { "Type": "Pass", "Next": "T" }, "T": {{task}} } } } } }] } } }
            """);
        var execution = await cloud.Client.StartAsync(machine, "[1,2,3]");
        var first = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(first.Token, $"{first.Input}0");
        await cloud.Client.FailAsync((await cloud.Client.TakeAsync(activity)).Token, "E", "C");
        Assert.Equal("FAILED", (string?)(await cloud.Client.EndAsync(execution))["status"]);
        var before = (await cloud.Client.HistoryAsync(execution)).Length;
        await cloud.RestartAsync();

        await cloud.Client.CallAsync("RedriveExecution", new JsonObject { ["executionArn"] = execution });
        var again = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var (token, input) = await cloud.Client.TakeAsync(activity);
            again.Add(input);
            await cloud.Client.SucceedAsync(token, $"{input}0");
        }

        Assert.Equal("""["a",[10,20,30]]""", (string?)(await cloud.Client.EndAsync(execution))["output"]);
        Assert.Equal(["2", "3"], again.Order());
        var types = (await cloud.Client.HistoryAsync(execution))[before..].Select(one => (string?)one["type"]).ToArray();
        Assert.Equal("ExecutionRedriven", types[0]);
        Assert.DoesNotContain("ParallelStateEntered", types);
        Assert.DoesNotContain("PassStateEntered", types);
        Assert.Equal(2, types.Count(type => type == "ActivityScheduled"));
    }
}
