using System.Diagnostics;
using Amazon.StepFunctions.Model;
using EtlTracing.Aws;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Aws;

public sealed class SdkTracingTests : IDisposable
{
    readonly RecordedSpans _spans = new();

    public SdkTracingTests() => SdkTracing.Enable();

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task ACallIsOneSpanWhateverItsRetriesAndItsHeaderNamesThatSpan()
    {
        var asked = 0;
        await using var server = await ScriptedServer.StartAsync(_ => Interlocked.Increment(ref asked) == 1 ? (500, "{}") : (200, """{"executionArn":"arn:e"}"""));
        using var client = server.StepFunctions(retries: 2);
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;

        await client.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = "arn:m", Name = "n" });

        var span = Assert.Single(_spans.Of(root.TraceId));
        Assert.Equal(("SFN.StartExecution", ActivityKind.Client, root.SpanId, ActivityStatusCode.Unset), (span.DisplayName, span.Kind, span.ParentSpanId, span.Status));
        Assert.Equal(new Dictionary<string, object?>
        {
            ["rpc.system"] = "aws-api",
            ["rpc.service"] = "SFN",
            ["rpc.method"] = "StartExecution",
            ["aws.service"] = "SFN",
            ["aws.operation"] = "StartExecution",
            ["aws.request_id"] = "request-1",
            ["aws.region"] = "us-east-2",
            ["http.response.status_code"] = 200,
        }, span.TagObjects.ToDictionary());
        var hex = root.TraceId.ToHexString();
        Assert.All(server.Requests, request => Assert.Equal($"Root=1-{hex[..8]}-{hex[8..]};Parent={span.SpanId};Sampled=1", request.Headers["X-Amzn-Trace-Id"]));
    }

    [Fact]
    public async Task AnUnsampledCallSaysSoAndMakesNoSpan()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, "{}"));
        using var client = server.StepFunctions();
        var remote = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, isRemote: true);
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, remote)!;

        await client.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = "arn:m", Name = "n" });

        Assert.Empty(_spans.Of(remote.TraceId));
        var hex = root.TraceId.ToHexString();
        Assert.Equal($"Root=1-{hex[..8]}-{hex[8..]};Parent={root.SpanId};Sampled=0", server.Requests[0].Headers["X-Amzn-Trace-Id"]);
    }

    [Fact]
    public async Task AFailedCallIsAnErrorWithItsException()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (400, """{"__type":"StateMachineDoesNotExist","message":"no such"}"""));
        using var client = server.StepFunctions();
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;

        await Assert.ThrowsAsync<StateMachineDoesNotExistException>(() => client.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = "arn:m", Name = "n" }));

        var span = Assert.Single(_spans.Of(root.TraceId));
        Assert.Equal((ActivityStatusCode.Error, "no such", 400, "StateMachineDoesNotExist"), (span.Status, span.StatusDescription, span.GetTagItem("http.response.status_code"), span.GetTagItem("error.type")));
        Assert.Equal("exception", Assert.Single(span.Events).Name);
    }

    [Fact]
    public async Task PollsHeartbeatsAnswersAndXRayMakeNoSpansAndCarryNoHeader()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, "{}"));
        using var client = server.StepFunctions();
        using var xray = server.XRay();
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;

        await client.GetActivityTaskAsync(new GetActivityTaskRequest { ActivityArn = "arn:a" });
        await client.SendTaskHeartbeatAsync(new SendTaskHeartbeatRequest { TaskToken = "t" });
        await client.SendTaskSuccessAsync(new SendTaskSuccessRequest { TaskToken = "t", Output = "{}" });
        await client.SendTaskFailureAsync(new SendTaskFailureRequest { TaskToken = "t" });
        await xray.BatchGetTracesAsync(new() { TraceIds = ["1-a"] });

        Assert.Empty(_spans.Of(root.TraceId));
        Assert.All(server.Requests, request => Assert.False(request.Headers.ContainsKey("X-Amzn-Trace-Id")));
    }
}
