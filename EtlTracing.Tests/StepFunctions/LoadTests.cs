using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

public sealed class LoadTests
{
    [Fact]
    public async Task AThousandExecutionsAndFiveHundredLongPollsGoTogether()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var client = cloud.Client;
        var activity = await client.CreateActivityAsync("work");
        var machine = await client.CreateMachineAsync($$"""{ "StartAt": "T", "States": { "T": { "Type": "Task", "Resource": "{{activity}}", "End": true } } }""");
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 500).Select(_ => WorkAsync()).ToArray();

        var executions = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => client.StartAsync(machine, $"{i}")));
        foreach (var execution in executions) Assert.Equal("SUCCEEDED", (string?)(await client.EndAsync(execution))["status"]);
        await stop.CancelAsync();
        await Task.WhenAll(workers);

        Assert.Equal(1000, seen.Count);
        Assert.Equal(1000, seen.Distinct().Count());

        async Task WorkAsync()
        {
            try
            {
                while (true)
                {
                    var task = await client.CallAsync("GetActivityTask", new JsonObject { ["activityArn"] = activity }, cancellationToken: stop.Token);
                    if ((string?)task["taskToken"] is not { } token) continue;
                    seen.Add((string)task["input"]!);
                    await client.SucceedAsync(token, (string)task["input"]!);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
