using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Durability;

/// <summary>
/// The same for traces and executions: kills the real process under load, a hundred times with ETL_LONG=1. Every segment that was
/// acknowledged stays, every execution that was accepted runs to its end, once, and publishes one whole segment.
/// </summary>
public sealed class StateCrashTests
{
    const string Machine = "arn:aws:states:us-east-2:000000000000:stateMachine:m";
    const string Definition = """{"StartAt":"P","States":{"P":{"Type":"Pass","Next":"W"},"W":{"Type":"Wait","Seconds":1,"Next":"D"},"D":{"Type":"Succeed"}}}""";
    static readonly int s_rounds = LongSuite.IsOn ? 100 : 3;

    readonly ConcurrentQueue<(string Trace, string Segment)> _segments = new();
    readonly ConcurrentQueue<(string Execution, string Trace)> _executions = new();

    [Fact]
    public async Task NoAcknowledgedSegmentAndNoAcceptedExecutionIsLost()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(4711);
        for (var round = 0; round < s_rounds; round++)
        {
            using var cloud = await LocalAwsProcess.StartAsync(folder.Path);
            using var http = new HttpClient { BaseAddress = cloud.Endpoint };
            if (round == 0) await StatesAsync(http, "CreateStateMachine", new JsonObject { ["name"] = "m", ["definition"] = Definition, ["roleArn"] = "arn:aws:iam::000000000000:role/r" });
            var (segments, executions) = (_segments.Count, _executions.Count);
            using var stop = new CancellationTokenSource();
            var writers = new[] { WriteSegmentsAsync(http, stop.Token), StartExecutionsAsync(http, round, stop.Token) };
            await Eventually.HoldsAsync(() => _segments.Count > segments && _executions.Count > executions);
            await Task.Delay(random.Next(0, 1000));
            await cloud.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        using var last = await LocalAwsProcess.StartAsync(folder.Path);
        using var client = new HttpClient { BaseAddress = last.Endpoint };
        foreach (var (trace, segment) in _segments) Assert.Equal([segment], (await SegmentsAsync(client, trace)).Select(each => (string)each["id"]!));
        foreach (var (execution, trace) in _executions)
        {
            await Eventually.ReadsAsync(async () => (string?)(await StatesAsync(client, "DescribeExecution", new JsonObject { ["executionArn"] = execution }))["status"], status => status == "SUCCEEDED");
            var history = (await StatesAsync(client, "GetExecutionHistory", new JsonObject { ["executionArn"] = execution }))["events"]!.AsArray();
            Assert.Equal(["ExecutionStarted", "PassStateEntered", "PassStateExited", "WaitStateEntered", "WaitStateExited", "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"], history.Select(each => (string)each!["type"]!));
            await Eventually.ReadsAsync(() => SegmentsAsync(client, trace), segments => segments is [var only] && only["end_time"] is not null);
        }
        Assert.NotEmpty(_segments);
        Assert.NotEmpty(_executions);
    }

    async Task WriteSegmentsAsync(HttpClient http, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var (trace, segment) = (NewTrace(), RandomNumberGenerator.GetHexString(16, lowercase: true));
            var document = new JsonObject { ["name"] = "s", ["id"] = segment, ["trace_id"] = trace, ["start_time"] = 1.5, ["end_time"] = 2.5 }.ToJsonString();
            try
            {
                var answer = await http.PostAsJsonAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(document) }, cancellationToken);
                if (!answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                return;
            }
            _segments.Enqueue((trace, segment));
        }
    }

    async Task StartExecutionsAsync(HttpClient http, int round, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var (name, trace) = (string.Create(CultureInfo.InvariantCulture, $"{round}-{i}"), NewTrace());
            try
            {
                var input = new JsonObject { ["stateMachineArn"] = Machine, ["name"] = name, ["traceHeader"] = $"Root={trace};Sampled=1" };
                var started = await StatesAsync(http, "StartExecution", input, cancellationToken);
                _executions.Enqueue(((string)started["executionArn"]!, trace));
                await Task.Delay(10, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                return;
            }
        }
    }

    static async Task<JsonObject> StatesAsync(HttpClient http, string operation, JsonObject input, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(input.ToJsonString()), Headers = { { "X-Amz-Target", "AWSStepFunctions." + operation } } };
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
    }

    static async Task<List<JsonObject>> SegmentsAsync(HttpClient http, string trace)
    {
        using var answer = await http.PostAsJsonAsync("/Traces", new JsonObject { ["TraceIds"] = new JsonArray(trace) });
        var traces = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["Traces"]!.AsArray();
        return [.. traces.SelectMany(each => each!["Segments"]!.AsArray()).Select(segment => JsonNode.Parse((string)segment!["Document"]!)!.AsObject())];
    }

    static string NewTrace() => string.Create(CultureInfo.InvariantCulture, $"1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}");
}
