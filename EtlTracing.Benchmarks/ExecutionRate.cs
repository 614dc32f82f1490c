using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.Benchmarks;

/// <summary>Executions a second that Step Functions takes and finishes: of two tasks on an activity, with workers that answer at once, and of three states that need none.</summary>
static class ExecutionRate
{
    const int Callers = 32;
    const int Workers = 64;

    public static async Task<int> RunAsync(Uri endpoint, int seconds)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2 * (Callers + Workers) }) { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(2) };
        var run = Guid.NewGuid().ToString("N")[..8];
        var activity = (string)(await CallAsync(http, "CreateActivity", new JsonObject { ["name"] = "bench-" + run }))["activityArn"]!;
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(http, activity, stop.Token))).ToArray();
        var task = $$"""{ "Type": "Task", "Resource": "{{activity}}", "TimeoutSeconds": 300, "HeartbeatSeconds": 60""";
        await MeasureAsync(http, "two tasks", $$"""{ "StartAt": "A", "States": { "A": {{task}}, "Next": "B" }, "B": {{task}}, "End": true } } }""", "tasks-" + run, seconds);
        await MeasureAsync(http, "three states without a task", """{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "C" }, "C": { "Type": "Succeed" } } }""", "states-" + run, seconds);
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        return 0;
    }

    static async Task MeasureAsync(HttpClient http, string what, string definition, string name, int seconds)
    {
        var machine = (string)(await CallAsync(http, "CreateStateMachine", new JsonObject { ["name"] = name, ["definition"] = definition, ["roleArn"] = "arn:aws:iam::000000000000:role/bench", ["tracingConfiguration"] = new JsonObject { ["enabled"] = true } }))["stateMachineArn"]!;
        var started = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                await CallAsync(http, "StartExecution", new JsonObject { ["stateMachineArn"] = machine, ["input"] = """{"object_key":"input/a.csv"}""" });
                Interlocked.Increment(ref started);
            }
        })));
        var accepted = clock.Elapsed;
        // All that were taken must be done before the clock stops.
        while (((JsonArray)(await CallAsync(http, "ListExecutions", new JsonObject { ["stateMachineArn"] = machine, ["statusFilter"] = "RUNNING", ["maxResults"] = 1 }))["executions"]!).Count > 0) await Task.Delay(50);
        Console.WriteLine(FormattableString.Invariant($"{what}: {started / clock.Elapsed.TotalSeconds:F0} executions/s finished, {started / accepted.TotalSeconds:F0} starts/s acknowledged ({started} in all, {Callers} callers, {Workers} workers)"));
    }

    static async Task WorkAsync(HttpClient http, string activity, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var task = await CallAsync(http, "GetActivityTask", new JsonObject { ["activityArn"] = activity }, stop);
                if ((string?)task["taskToken"] is { } token) await CallAsync(http, "SendTaskSuccess", new JsonObject { ["taskToken"] = token, ["output"] = """{"rows":12300}""" }, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    static async Task<JsonObject> CallAsync(HttpClient http, string operation, JsonObject body, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.0") };
        request.Headers.Add("X-Amz-Target", "AWSStepFunctions." + operation);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
    }
}
