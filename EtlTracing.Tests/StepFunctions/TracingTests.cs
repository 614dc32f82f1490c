using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;
using Microsoft.Extensions.Time.Testing;

namespace EtlTracing.Tests.StepFunctions;

public sealed class TracingTests
{
    const string Parent = "53995c3f42cd8ad8";

    static string Definition(string activity) => $$"""
        { "StartAt": "Work", "States": { "Work": { "Type": "Task", "Resource": "{{activity}}", "Retry": [{ "ErrorEquals": ["States.ALL"], "IntervalSeconds": 1 }], "End": true } } }
        """;

    [Fact]
    public async Task TheAttemptIsInXRayBeforeItsTaskIsHandedOutAndEachRetryIsASubsegmentOfItsOwn()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = await StatesCloud.StartAsync(time);
        var trace = NewTrace(time);
        var activity = await cloud.Client.CreateActivityAsync("work");
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(activity), "flow"), traceHeader: $"Root={trace};Parent={Parent};Sampled=1");

        var (token, _) = await cloud.Client.TakeAsync(activity);
        var first = Assert.Single(await cloud.SegmentsAsync(trace));
        await cloud.Client.FailAsync(token, "Broken", "why");
        await cloud.RestartAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        (token, _) = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(token);
        await cloud.Client.EndAsync(execution);
        var last = await cloud.SegmentAsync(trace, found => found.ContainsKey("end_time"));

        Assert.Equal("flow", (string?)first["name"]);
        Assert.Equal(Parent, (string?)first["parent_id"]);
        Assert.Equal("AWS::StepFunctions::StateMachine", (string?)first["origin"]);
        Assert.Equal(execution, (string?)first["aws"]!["execution_arn"]);
        Assert.True((bool?)first["in_progress"]);
        var running = Assert.Single((JsonArray)first["subsegments"]!)!;
        Assert.Equal(("Work", true), ((string?)running["name"], (bool?)running["in_progress"]));
        Assert.Equal((string?)first["id"], (string?)last["id"]);
        var attempts = (JsonArray)last["subsegments"]!;
        Assert.Equal(2, attempts.Count);
        Assert.Equal((string?)running["id"], (string?)attempts[0]!["id"]);
        Assert.True((bool?)attempts[0]!["fault"]);
        Assert.Equal("Broken", (string?)attempts[0]!["cause"]!["exceptions"]![0]!["type"]);
        Assert.Null(attempts[1]!["fault"]);
        Assert.NotNull(attempts[1]!["end_time"]);
    }

    [Theory]
    [InlineData("Sampled=0", true, false)]
    [InlineData("Sampled=1", false, true)]
    [InlineData("", false, true)]
    public async Task TheHeaderDecidesWhetherThereIsASegment(string sampled, bool tracing, bool expected)
    {
        await using var cloud = await StatesCloud.StartAsync();
        var trace = NewTrace(TimeProvider.System);
        var machine = await cloud.Client.CreateMachineAsync("""{ "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } }""", tracing: tracing);

        var execution = await cloud.Client.StartAsync(machine, traceHeader: $"Root={trace};{sampled}");

        Assert.Equal($"Root={trace};{sampled}", (string?)(await cloud.Client.EndAsync(execution))["traceHeader"]);
        if (expected) await cloud.SegmentAsync(trace, found => found.ContainsKey("end_time"));
        else Assert.Empty(await cloud.SegmentsAsync(trace));
    }

    static string NewTrace(TimeProvider time) => $"1-{time.GetUtcNow().ToUnixTimeSeconds():x8}-{Guid.NewGuid().ToString("N")[..24]}";
}
