using EtlTracing.Tests.StepFunctions.Support;
using Microsoft.Extensions.Time.Testing;

namespace EtlTracing.Tests.StepFunctions;

public sealed class RetryTests
{
    static string Definition(string activity, string more) => $$"""{ "StartAt": "Work", "States": { "Work": { "Type": "Task", "Resource": "{{activity}}", {{more}}, "End": true }{{(more.Contains("Caught", StringComparison.Ordinal) ? """, "Caught": { "Type": "Pass", "End": true }""" : "")}} } }""";

    [Fact]
    public async Task AMissingHeartbeatTimesTheTaskOutAndTheNextAttemptGetsANewToken()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = await StatesCloud.StartAsync(time);
        var activity = await cloud.Client.CreateActivityAsync("work");
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(activity,
            """ "TimeoutSeconds": 100, "HeartbeatSeconds": 10, "Retry": [{ "ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 5 }] """)));
        var (token, _) = await cloud.Client.TakeAsync(activity);
        time.Advance(TimeSpan.FromSeconds(9));
        await cloud.Client.BeatAsync(token);
        time.Advance(TimeSpan.FromSeconds(9));
        await cloud.Client.BeatAsync(token);

        time.Advance(TimeSpan.FromSeconds(11));
        await cloud.Client.UntilAsync(execution, "ActivityTimedOut");
        Assert.Equal("TaskTimedOut", (await Assert.ThrowsAsync<StatesException>(() => cloud.Client.BeatAsync(token))).Name);
        time.Advance(TimeSpan.FromSeconds(5));
        var (second, _) = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(second);

        await cloud.Client.EndAsync(execution);
        Assert.NotEqual(token, second);
        Assert.Equal(
            [
                "1<-0 ExecutionStarted", "2<-0 TaskStateEntered", "3<-2 ActivityScheduled", "4<-3 ActivityStarted", "5<-4 ActivityTimedOut",
                "6<-5 ActivityScheduled", "7<-6 ActivityStarted", "8<-7 ActivitySucceeded", "9<-8 TaskStateExited", "10<-9 ExecutionSucceeded",
            ],
            await cloud.Client.ChainAsync(execution));
    }

    [Fact]
    public async Task EachRetrierCountsItsOwnRetriesAndThenTheCatcherTakesOver()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = await StatesCloud.StartAsync(time);
        var activity = await cloud.Client.CreateActivityAsync("work");
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(activity,
            """ "Retry": [{ "ErrorEquals": ["A"], "MaxAttempts": 1 }, { "ErrorEquals": ["States.ALL"], "MaxAttempts": 2 }], "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught" }] """)), """{"x":1}""");

        foreach (var error in new[] { "A", "B", "B", "A" })
        {
            var (token, _) = await cloud.Client.TakeAsync(activity);
            await cloud.Client.FailAsync(token, error, "why");
            time.Advance(TimeSpan.FromSeconds(4));
        }

        Assert.Equal("""{"x":1,"error":{"Error":"A","Cause":"why"}}""", (string?)(await cloud.Client.EndAsync(execution))["output"]);
    }

    [Fact]
    public async Task AWaitOfAYearIsOverAfterAYear()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = await StatesCloud.StartAsync(time);
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync("""{ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 31536000, "End": true } } }"""));

        time.Advance(TimeSpan.FromDays(364));
        Assert.Equal("RUNNING", (string?)(await cloud.Client.DescribeAsync(execution))["status"]);
        await cloud.RestartAsync();
        time.Advance(TimeSpan.FromDays(2));

        Assert.Equal("SUCCEEDED", (string?)(await cloud.Client.EndAsync(execution))["status"]);
    }
}
