using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

public sealed class ActivityTests
{
    static string Definition(string activity, string more = "") => $$"""{ "StartAt": "Work", "States": { "Work": { "Type": "Task", "Resource": "{{activity}}"{{more}}, "End": true } } }""";

    [Fact]
    public async Task AnActivityThatSucceedsLeavesSevenEvents()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(activity)), """{"a": 1}""");

        var (token, input) = await cloud.Client.TakeAsync(activity, "worker-1");
        await cloud.Client.SucceedAsync(token, """{"done": true}""");

        Assert.Equal("""{"a": 1}""", input);
        var end = await cloud.Client.EndAsync(execution);
        Assert.Equal("SUCCEEDED", (string?)end["status"]);
        Assert.Equal("""{"done": true}""", (string?)end["output"]);
        Assert.Equal(
            ["1<-0 ExecutionStarted", "2<-0 TaskStateEntered", "3<-2 ActivityScheduled", "4<-3 ActivityStarted", "5<-4 ActivitySucceeded", "6<-5 TaskStateExited", "7<-6 ExecutionSucceeded"],
            await cloud.Client.ChainAsync(execution));
        Assert.Equal("worker-1", (string?)(await cloud.Client.HistoryAsync(execution))[3]["activityStartedEventDetails"]!["workerName"]);
    }

    [Fact]
    public async Task AnActivityThatFailsFailsTheExecutionWithItsErrorAndCause()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(activity)));

        await cloud.Client.FailAsync((await cloud.Client.TakeAsync(activity)).Token, "Broken", "because");

        var end = await cloud.Client.EndAsync(execution);
        Assert.Equal(("FAILED", "Broken", "because"), ((string?)end["status"], (string?)end["error"], (string?)end["cause"]));
        Assert.Equal(
            ["1<-0 ExecutionStarted", "2<-0 TaskStateEntered", "3<-2 ActivityScheduled", "4<-3 ActivityStarted", "5<-4 ActivityFailed", "6<-5 ExecutionFailed"],
            await cloud.Client.ChainAsync(execution));
    }

    [Fact]
    public async Task ATaskIsStillHeldByItsWorkerAfterARestart()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var machine = await cloud.Client.CreateMachineAsync(Definition(activity));
        var held = await cloud.Client.StartAsync(machine);
        var (token, _) = await cloud.Client.TakeAsync(activity);
        var waiting = await cloud.Client.StartAsync(machine, "[2]");

        await cloud.RestartAsync();
        await cloud.Client.SucceedAsync(token, "1");
        var (second, input) = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(second, "2");

        Assert.Equal("[2]", input);
        Assert.Equal("1", (string?)(await cloud.Client.EndAsync(held))["output"]);
        Assert.Equal("2", (string?)(await cloud.Client.EndAsync(waiting))["output"]);
    }

    [Fact]
    public async Task TokensThatAreOverAndTokensThatNeverWereAreToldApart()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(activity)));
        var (token, _) = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(token);

        var again = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.SucceedAsync(token));
        var garbage = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.BeatAsync("garbage"));

        Assert.Equal(("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"), (again.Name, again.Text));
        Assert.Equal(("InvalidToken", "Invalid Token: 'Invalid token'"), (garbage.Name, garbage.Text));
    }

    [Fact]
    public async Task AWorkerThatGoesAwayWhilePollingLosesNoTask()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var machine = await cloud.Client.CreateMachineAsync(Definition(activity));
        using var gone = new CancellationTokenSource();
        var poll = cloud.Client.CallAsync("GetActivityTask", new JsonObject { ["activityArn"] = activity }, cancellationToken: gone.Token);
        await Task.Delay(100);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);

        var execution = await cloud.Client.StartAsync(machine);
        await cloud.Client.SucceedAsync((await cloud.Client.TakeAsync(activity)).Token);

        Assert.Equal("SUCCEEDED", (string?)(await cloud.Client.EndAsync(execution))["status"]);
    }
}
