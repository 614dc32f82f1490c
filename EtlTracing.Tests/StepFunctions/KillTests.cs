using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

/// <summary>The real process, killed again and again while executions run: nothing that was accepted may be lost.</summary>
public sealed class KillTests
{
    const int Executions = 15;
    const int Kills = 4;

    [Fact]
    public async Task ExecutionsSurviveAProcessThatIsKilledAgainAndAgain()
    {
        var folder = Directory.CreateTempSubdirectory("sfn-kill-").FullName;
        var process = await StartAsync(folder);
        try
        {
            var client = process.Client;
            var activity = await client.CreateActivityAsync("work");
            var task = $$"""{ "Type": "Task", "Resource": "{{activity}}", "HeartbeatSeconds": 1, "Retry": [{ "ErrorEquals": ["States.Timeout"], "MaxAttempts": 100, "BackoffRate": 1.0 }], "End": true }""";
            var machine = await client.CreateMachineAsync($$"""
                { "StartAt": "M", "States": {
                    "M": { "Type": "Map", "MaxConcurrency": 2, "ItemProcessor": { "StartAt": "T", "States": { "T": {{task}} } }, "Next": "D" },
                    "D": { "Type": "Map", "MaxConcurrency": 2, "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "U", "States": { "U": {{task}} } }, "Next": "P" },
                    "P": { "Type": "Parallel", "Branches": [{ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 1, "End": true } } }, { "StartAt": "X", "States": { "X": { "Type": "Pass", "End": true } } }], "OutputPath": "$[1]", "End": true } } }
                """);
            var accepted = new List<string>();
            var random = new Random(7);
            using var stop = new CancellationTokenSource();
            var holder = new Holder(process);
            var workers = Enumerable.Range(0, 3).Select(_ => WorkAsync(holder, activity, stop.Token)).ToArray();
            for (var kill = 0; kill <= Kills; kill++)
            {
                for (var i = 0; i < Executions / (Kills + 1); i++) accepted.Add(await client.StartAsync(machine, "[1,2,3]", $"e{kill}-{i}"));
                if (kill == Kills) break;
                await Task.Delay(random.Next(20, 400));
                process.Kill();
                holder.Process = process = await StartAsync(folder);
                client = process.Client;
            }

            foreach (var execution in accepted)
            {
                var end = await client.EndAsync(execution);
                Assert.Equal(("SUCCEEDED", "[4,8,12]"), ((string?)end["status"], (string?)end["output"]));
                var ids = (await client.HistoryAsync(execution)).Select(one => (long)one["id"]!).ToArray();
                Assert.Equal(Enumerable.Range(1, ids.Length).Select(id => (long)id), ids);
            }
            await stop.CancelAsync();
            await Task.WhenAll(workers);
        }
        finally
        {
            process.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A worker that takes every failure of the connection as a reason to try again.</summary>
    static async Task WorkAsync(Holder holder, string activity, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var task = await holder.Process.Client.CallAsync("GetActivityTask", new JsonObject { ["activityArn"] = activity }, cancellationToken: stop);
                if ((string?)task["taskToken"] is not { } token) continue;
                var number = int.Parse((string)task["input"]!, CultureInfo.InvariantCulture);
                await holder.Process.Client.SucceedAsync(token, (number * 2).ToString(CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is HttpRequestException or StatesException or ObjectDisposedException or OperationCanceledException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    static async Task<RunningCloud> StartAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", typeof(LocalCloud).Assembly.Location, "--data", folder, "--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0" }) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("ready ", StringComparison.Ordinal))
                return new RunningCloud(process, new StatesClient(new Uri((string)JsonNode.Parse(line[6..])!["endpoint"]!)));
        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
    }

    sealed class Holder(RunningCloud process)
    {
        volatile RunningCloud _process = process;

        public RunningCloud Process { get => _process; set => _process = value; }
    }

    sealed record RunningCloud(Process Process, StatesClient Client)
    {
        /// <summary>SIGKILL: no code of the process runs any more.</summary>
        public void Kill()
        {
            if (!Process.HasExited) Process.Kill();
            Process.WaitForExit();
        }
    }
}
