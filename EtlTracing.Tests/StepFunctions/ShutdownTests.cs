using System.Text.Json.Nodes;
using EtlTracing.LocalAws;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

/// <summary>Whoever disposes a local cloud may delete its folder in the next moment: nothing of it goes on.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task AfterDisposalNothingIsOpenAndNothingIsWrittenThoughEverythingWasBusy()
    {
        for (var round = 0; round < 5; round++)
        {
            var parent = Directory.CreateTempSubdirectory("sfn-end-");
            var folder = Path.Combine(parent.FullName, "data");
            var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = folder, Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0 });
            using var client = new StatesClient(cloud.Endpoint);
            var activity = await client.CreateActivityAsync("work");
            // Traced, so that segments are written too; the waits end while the cloud does; the distributed Map has hundreds of children to start.
            var machine = await client.CreateMachineAsync($$"""
                { "StartAt": "P", "States": { "P": { "Type": "Parallel", "End": true, "Branches": [
                    { "StartAt": "T", "States": { "T": { "Type": "Task", "Resource": "{{activity}}", "End": true } } },
                    { "StartAt": "W", "States": {
                        "W": { "Type": "Wait", "Seconds": 1, "Next": "C" },
                        "C": { "Type": "Choice", "Choices": [{ "Variable": "$[0]", "NumericEquals": 0, "Next": "W" }], "Default": "E" },
                        "E": { "Type": "Succeed" } } },
                    { "StartAt": "M", "States": { "M": { "Type": "Map", "End": true, "ItemProcessor": {
                        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                        "StartAt": "X", "States": { "X": { "Type": "Pass", "End": true } } } } } }] } } }
                """, tracing: true);
            var items = new JsonArray([.. Enumerable.Range(0, 300).Select(i => JsonValue.Create(i))]).ToJsonString();
            await client.StartAsync(machine, items);
            using var stop = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 8).Select(_ => CallAsync(client, machine, activity, items, stop.Token)).ToArray();
            await client.TakeAsync(activity);

            await cloud.DisposeAsync();

            Assert.Empty(OpenFiles(folder));
            Directory.Move(folder, folder + "-moved");
            await stop.CancelAsync();
            await Task.WhenAll(callers);
            await Task.Delay(100);
            Assert.False(Directory.Exists(folder));
            Assert.Empty(OpenFiles(parent.FullName));
            parent.Delete(recursive: true);
        }
    }

    static async Task CallAsync(StatesClient client, string machine, string activity, string items, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await client.StartAsync(machine, items);
                await client.CallAsync("GetActivityTask", new JsonObject { ["activityArn"] = activity }, cancellationToken: stop);
            }
        }
        catch (Exception e) when (e is HttpRequestException or StatesException or OperationCanceledException or System.Text.Json.JsonException)
        {
            // The cloud went away.
        }
    }

    /// <summary>What this process holds open below a folder; deleted files count too. Linux only; elsewhere nothing is found.</summary>
    static string[] OpenFiles(string folder) => Directory.Exists("/proc/self/fd")
        ? [.. Directory.EnumerateFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget).OfType<string>().Where(target => target.StartsWith(folder + "/", StringComparison.Ordinal))]
        : [];
}
