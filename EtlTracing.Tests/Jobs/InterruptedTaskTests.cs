using System.Diagnostics;
using System.Text.Json.Nodes;
using EtlTracing.Aws;
using EtlTracing.Jobs;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Jobs;

public sealed class InterruptedTaskTests : IAsyncLifetime
{
    readonly RecordedSpans _spans = new();
    readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ScriptedServer _objects = null!;
    ScriptedServer _workflows = null!;
    Func<SeenRequest, (int, string)> _answer = _ => (200, "{}");

    /// <summary>An object store that never gives the input's bytes.</summary>
    public async Task InitializeAsync()
    {
        SdkTracing.Enable();
        _workflows = await ScriptedServer.StartAsync(request => _answer(request));
        _objects = await ScriptedServer.StartAsync(async (request, http) =>
        {
            http.Response.Headers.ETag = "\"v1\"";
            http.Response.ContentLength = 1000;
            if (request.Method == "HEAD") return;
            _reading.TrySetResult();
            await http.Response.StartAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
    }

    public async Task DisposeAsync()
    {
        await _objects.DisposeAsync();
        await _workflows.DisposeAsync();
        _spans.Dispose();
    }

    [Theory]
    [InlineData("TaskTimedOut")]
    [InlineData("TaskDoesNotExist")]
    [InlineData("InvalidToken")]
    public async Task AHeartbeatThatComesTooLateStopsTheWorkAndNothingIsAnswered(string error)
    {
        _answer = request => request.Operation == "SendTaskHeartbeat" ? (400, $$"""{"__type":"{{error}}","message":"gone"}""") : (200, "{}");
        var trace = ActivityTraceId.CreateRandom();

        Assert.False(await Runner(TimeSpan.FromMilliseconds(50)).RunAsync(NewTask(trace), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.DoesNotContain(_workflows.Requests, request => request.Operation is "SendTaskFailure" or "SendTaskSuccess");
        var job = _spans.Of(trace).Single(span => span.Kind == ActivityKind.Server);
        Assert.Equal((ActivityStatusCode.Error, error, "the workflow has given this task up"), (job.Status, job.GetTagItem("error.type"), job.StatusDescription));
    }

    [Fact]
    public async Task AHeartbeatThatDoesNotArriveStopsNothing()
    {
        var beats = 0;
        _answer = request => request.Operation != "SendTaskHeartbeat" ? (200, "{}")
            : Interlocked.Increment(ref beats) < 3 ? (500, "{}") : (400, """{"__type":"TaskTimedOut","message":"gone"}""");

        await Runner(TimeSpan.FromMilliseconds(50)).RunAsync(NewTask(ActivityTraceId.CreateRandom()), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.InRange(beats, 3, 100);
    }

    [Fact]
    public async Task AStoppedWorkerHandsItsTaskBack()
    {
        using var stop = new CancellationTokenSource();
        var running = Runner(TimeSpan.FromSeconds(10)).RunAsync(NewTask(ActivityTraceId.CreateRandom()), stop.Token);
        await _reading.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await stop.CancelAsync();

        Assert.False(await running.WaitAsync(TimeSpan.FromSeconds(30)));
        var answer = JsonNode.Parse(Assert.Single(_workflows.Requests, request => request.Operation == "SendTaskFailure").Body)!;
        Assert.Equal(("token", "WorkerStopped"), ((string?)answer["taskToken"], (string?)answer["error"]));
    }

    [Fact]
    public async Task AnAnswerThatDoesNotArriveIsSentAgain()
    {
        var answers = 0;
        _answer = request => request.Operation == "SendTaskFailure" && Interlocked.Increment(ref answers) == 1 ? (500, "{}") : (200, "{}");

        Assert.False(await Runner(TimeSpan.FromSeconds(10)).RunAsync(new ArrivedTask("token", "[]", DateTimeOffset.UtcNow, true), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal(2, answers);
    }

    TaskRunner Runner(TimeSpan heartbeat) => JobSystem.Run(JobSystem.CleanJob, _objects.S3(), _workflows.StepFunctions(), _workflows.XRay(), _spans, heartbeat);

    internal static ArrivedTask NewTask(ActivityTraceId trace)
    {
        var hex = trace.ToHexString();
        var run = new RunInput { BucketName = "etl", ObjectKey = "input/a.csv", TraceId = $"1-{hex[..8]}-{hex[8..]}", ParentId = "53995c3f42cd8ad8", Sampled = true };
        return new ArrivedTask("token", $$"""{"run":{{run.ToJson()}},"state":"Clean","entered":"2026-11-22T22:00:00.000Z","retry":0,"execution":"arn:e"}""", DateTimeOffset.UtcNow, IsActivity: true);
    }
}
