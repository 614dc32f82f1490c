using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

public sealed class ExecutionTests
{
    const string Waiting = """{ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 1000, "End": true } } }""";
    const string Passing = """{ "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } }""";

    [Fact]
    public async Task ANameIsOneExecution()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var waiting = await cloud.Client.CreateMachineAsync(Waiting);
        var passing = await cloud.Client.CreateMachineAsync(Passing);
        var first = await cloud.Client.StartAsync(waiting, "{}", "name");

        Assert.Equal(first, await cloud.Client.StartAsync(waiting, "{}", "name"));
        var other = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.StartAsync(waiting, "[]", "name"));
        await cloud.Client.EndAsync(await cloud.Client.StartAsync(passing, "{}", "name"));
        var closed = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.StartAsync(passing, "{}", "name"));

        Assert.Equal(("ExecutionAlreadyExists", $"Execution Already Exists: '{first}'"), (other.Name, other.Text));
        Assert.Equal("ExecutionAlreadyExists", closed.Name);
    }

    [Fact]
    public async Task StoppingLeavesTheEventOfAws()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Waiting));

        await cloud.Client.CallAsync("StopExecution", new JsonObject { ["executionArn"] = execution, ["error"] = "E", ["cause"] = "C" });

        var end = await cloud.Client.DescribeAsync(execution);
        Assert.Equal(("ABORTED", "E", "C"), ((string?)end["status"], (string?)end["error"], (string?)end["cause"]));
        Assert.Equal(["1<-0 ExecutionStarted", "2<-0 WaitStateEntered", "3<-0 ExecutionAborted"], await cloud.Client.ChainAsync(execution));
    }

    [Fact]
    public async Task HistoriesComeInPagesForwardsAndBackwardsAndWithoutData()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Passing), """{"a":1}""");
        await cloud.Client.EndAsync(execution);

        foreach (var reverse in new[] { false, true })
        {
            var ids = new List<long>();
            JsonNode? token = null;
            do
            {
                var page = await cloud.Client.CallAsync("GetExecutionHistory", new JsonObject { ["executionArn"] = execution, ["maxResults"] = 3, ["reverseOrder"] = reverse, ["nextToken"] = token?.DeepClone() });
                ids.AddRange(((JsonArray)page["events"]!).Select(one => (long)one!["id"]!));
                token = page["nextToken"];
            }
            while (token is not null);
            Assert.Equal(reverse ? [4, 3, 2, 1] : [1, 2, 3, 4], ids);
        }
        var bare = await cloud.Client.CallAsync("GetExecutionHistory", new JsonObject { ["executionArn"] = execution, ["includeExecutionData"] = false });
        Assert.Equal("""{"name":"P"}""", bare["events"]![1]!["stateEnteredEventDetails"]!.ToJsonString());
    }

    [Theory]
    [InlineData("not json", "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")]
    [InlineData("{'not': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name")]
    [InlineData("", "Invalid execution input.")]
    public async Task AnInputThatIsNotJsonIsRefusedInTheServicesWords(string input, string reason)
    {
        await using var cloud = await StatesCloud.StartAsync();
        var machine = await cloud.Client.CreateMachineAsync(Passing);

        var refused = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.StartAsync(machine, input));

        Assert.Equal(("InvalidExecutionInput", $"Invalid State Machine Execution Input: '{reason}'"), (refused.Name, refused.Text));
    }

    [Fact]
    public async Task AnUpdateIsForNewExecutionsOnly()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var machine = await cloud.Client.CreateMachineAsync(Waiting, "changing");
        var old = await cloud.Client.StartAsync(machine);

        await cloud.Client.CallAsync("UpdateStateMachine", new JsonObject { ["stateMachineArn"] = machine, ["definition"] = Passing });
        await cloud.RestartAsync();

        Assert.Equal(Waiting, (string?)(await cloud.Client.CallAsync("DescribeStateMachineForExecution", new JsonObject { ["executionArn"] = old }))["definition"]);
        Assert.Equal(Passing, (string?)(await cloud.Client.CallAsync("DescribeStateMachine", new JsonObject { ["stateMachineArn"] = machine }))["definition"]);
        Assert.Equal("SUCCEEDED", (string?)(await cloud.Client.EndAsync(await cloud.Client.StartAsync(machine)))["status"]);
        Assert.Equal("RUNNING", (string?)(await cloud.Client.DescribeAsync(old))["status"]);
    }

    [Fact]
    public async Task TheSameMachineTwiceIsOneAndAnotherOfTheNameIsRefused()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var machine = await cloud.Client.CreateMachineAsync(Passing, "same");

        Assert.Equal(machine, await cloud.Client.CreateMachineAsync(Passing, "same"));
        var refused = await Assert.ThrowsAsync<StatesException>(() => cloud.Client.CreateMachineAsync(Waiting, "same"));

        Assert.Equal(("StateMachineAlreadyExists", $"State Machine Already Exists: '{machine}'"), (refused.Name, refused.Text));
    }

    [Fact]
    public async Task ClosedExecutionsBeyondTheLimitAreForgottenOldestFirst()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = await StatesCloud.StartAsync(time, maxClosed: 2);
        var machine = await cloud.Client.CreateMachineAsync(Passing);
        for (var i = 0; i < 5; i++)
        {
            await cloud.Client.EndAsync(await cloud.Client.StartAsync(machine, name: $"e{i}"));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        time.Advance(TimeSpan.FromMinutes(11));

        await cloud.EventuallyAsync(async () => (await NamesAsync()).Length == 2 ? JsonValue.Create(true) : null);
        Assert.Equal(["e4", "e3"], await NamesAsync());

        async Task<string[]> NamesAsync() => [.. ((JsonArray)(await cloud.Client.CallAsync("ListExecutions", new JsonObject { ["stateMachineArn"] = machine }))["executions"]!).Select(one => (string)one!["name"]!)];
    }

    [Fact]
    public async Task AnExecutionThatTakesTooLongTimesOut()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = await StatesCloud.StartAsync(time);
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync("""{ "TimeoutSeconds": 60, "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 1000, "End": true } } }"""));

        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("TIMED_OUT", (string?)(await cloud.Client.EndAsync(execution))["status"]);
        Assert.Equal("ExecutionTimedOut", (string?)(await cloud.Client.HistoryAsync(execution))[^1]["type"]);
    }
}
