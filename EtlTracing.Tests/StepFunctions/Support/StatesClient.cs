using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.Tests.StepFunctions.Support;

/// <summary>An error the service answered.</summary>
public sealed class StatesException(int status, string name, string message) : Exception($"{name}: {message}")
{
    public int Status { get; } = status;
    public string Name { get; } = name;
    public string Text { get; } = message;
}

/// <summary>Step Functions over plain HTTP, as any AWS JSON 1.0 client speaks it.</summary>
public sealed class StatesClient(Uri endpoint) : IDisposable
{
    const string Role = "arn:aws:iam::000000000000:role/test";

    readonly HttpClient _http = new() { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(5) };

    public async Task<JsonObject> CallAsync(string operation, JsonObject body, string? traceHeader = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.0") };
        request.Headers.Add("X-Amz-Target", "AWSStepFunctions." + operation);
        if (traceHeader is not null) request.Headers.Add("X-Amzn-Trace-Id", traceHeader);
        using var response = await _http.SendAsync(request, cancellationToken);
        var answer = (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        if (response.StatusCode == HttpStatusCode.OK) return answer;
        throw new StatesException((int)response.StatusCode, answer["__type"]!.GetValue<string>().Split('#')[^1], answer["message"]!.GetValue<string>());
    }

    public async Task<string> CreateMachineAsync(string definition, string? name = null, bool tracing = false) =>
        (await CallAsync("CreateStateMachine", new JsonObject
        {
            ["name"] = name ?? "m" + Guid.NewGuid().ToString("N"),
            ["definition"] = definition,
            ["roleArn"] = Role,
            ["tracingConfiguration"] = new JsonObject { ["enabled"] = tracing },
        }))["stateMachineArn"]!.GetValue<string>();

    public async Task<string> CreateActivityAsync(string name) =>
        (await CallAsync("CreateActivity", new JsonObject { ["name"] = name }))["activityArn"]!.GetValue<string>();

    public async Task<string> StartAsync(string machine, string input = "{}", string? name = null, string? traceHeader = null)
    {
        var body = new JsonObject { ["stateMachineArn"] = machine, ["input"] = input };
        if (name is not null) body["name"] = name;
        return (await CallAsync("StartExecution", body, traceHeader))["executionArn"]!.GetValue<string>();
    }

    public Task<JsonObject> DescribeAsync(string execution) => CallAsync("DescribeExecution", new JsonObject { ["executionArn"] = execution });

    public async Task<JsonObject[]> HistoryAsync(string execution) =>
        [.. ((JsonArray)(await CallAsync("GetExecutionHistory", new JsonObject { ["executionArn"] = execution, ["maxResults"] = 1000 }))["events"]!).Select(one => (JsonObject)one!)];

    /// <summary>The history as one line an event: id, the id it follows, its type.</summary>
    public async Task<string[]> ChainAsync(string execution) =>
        [.. (await HistoryAsync(execution)).Select(one => $"{one["id"]}<-{one["previousEventId"]} {one["type"]}")];

    /// <summary>Runs a definition that needs no worker, and gives the finished execution.</summary>
    public async Task<JsonObject> RunAsync(string definition, string input = "{}") => await EndAsync(await StartAsync(await CreateMachineAsync(definition), input));

    public async Task<JsonObject> EndAsync(string execution)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < end; await Task.Delay(10))
            if (await DescribeAsync(execution) is var found && found["status"]!.GetValue<string>() != "RUNNING") return found;
        throw new TimeoutException($"{execution} still runs");
    }

    /// <summary>Waits until the history's last event is of this type.</summary>
    public async Task UntilAsync(string execution, string type)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < end; await Task.Delay(10))
            if ((string?)(await HistoryAsync(execution))[^1]["type"] == type) return;
        throw new TimeoutException($"{execution} has not come to {type}: {string.Join(", ", await ChainAsync(execution))}");
    }

    public async Task<(string Token, string Input)> TakeAsync(string activity, string worker = "w")
    {
        var task = await CallAsync("GetActivityTask", new JsonObject { ["activityArn"] = activity, ["workerName"] = worker });
        return (task["taskToken"]!.GetValue<string>(), task["input"]!.GetValue<string>());
    }

    public Task SucceedAsync(string token, string output = "{}") => CallAsync("SendTaskSuccess", new JsonObject { ["taskToken"] = token, ["output"] = output });

    public Task FailAsync(string token, string error, string cause) => CallAsync("SendTaskFailure", new JsonObject { ["taskToken"] = token, ["error"] = error, ["cause"] = cause });

    public Task BeatAsync(string token) => CallAsync("SendTaskHeartbeat", new JsonObject { ["taskToken"] = token });

    public void Dispose() => _http.Dispose();
}
