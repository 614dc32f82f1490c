using System.Diagnostics;
using EtlTracing.CleanJob;
using EtlTracing.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EtlTracing.Tests.Jobs;

/// <summary>A job's process that is told to stop while it works, as Fargate does when it replaces a task: SIGTERM, and some time.</summary>
public sealed class TerminatedJobTests : IAsyncLifetime
{
    readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ScriptedServer _objects = null!;
    ScriptedServer _workflows = null!;
    int _tasks;

    public async Task InitializeAsync()
    {
        var input = System.Text.Encoding.UTF8.GetBytes(JobSystem.Sample(300));
        _objects = await ScriptedServer.StartAsync(async (request, http) =>
        {
            var ofInput = request.Path.Contains(EtlNames.InputPrefix, StringComparison.Ordinal);
            http.Response.Headers.ETag = "\"v1\"";
            if (request.Method == "HEAD" && !ofInput) http.Response.StatusCode = 404;
            else if (ofInput) http.Response.ContentLength = input.Length;
            if (request.Method != "GET") return;
            _reading.TrySetResult();
            await http.Response.StartAsync();
            await _goOn.Task.WaitAsync(http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(input);
        });
        _workflows = await ScriptedServer.StartAsync(async (request, http) =>
        {
            if (request.Operation == "GetActivityTask" && Interlocked.Increment(ref _tasks) > 1)
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (request.Operation == "GetActivityTask")
                await http.Response.WriteAsJsonAsync(new { taskToken = "token", input = InterruptedTaskTests.NewTask(ActivityTraceId.CreateRandom()).Input });
            else
                await http.Response.WriteAsync("{}");
        });
    }

    public async Task DisposeAsync()
    {
        await _objects.DisposeAsync();
        await _workflows.DisposeAsync();
    }

    [Fact]
    public async Task ATaskInHandIsFinishedBeforeTheProcessEnds()
    {
        await using var job = Start(graceSeconds: 60);
        await _reading.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await job.SignalAsync("TERM");
        await Eventually.HoldsAsync(() => job.Lines.Any(line => line.Contains("shutting down", StringComparison.Ordinal)));
        _goOn.SetResult();

        Assert.True(await job.ExitCodeAsync() == 0, string.Join('\n', job.Lines));
        Assert.Equal(["SendTaskSuccess"], Answers());
        Assert.Equal(1, _tasks);
    }

    [Fact]
    public async Task ATaskThatTakesTooLongIsHandedBack()
    {
        await using var job = Start(graceSeconds: 0);
        await _reading.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await job.SignalAsync("TERM");

        Assert.True(await job.ExitCodeAsync() == 0, string.Join('\n', job.Lines));
        Assert.Equal(["SendTaskFailure"], Answers());
        Assert.Contains("WorkerStopped", _workflows.Requests.Single(request => request.Operation == "SendTaskFailure").Body, StringComparison.Ordinal);
    }

    IEnumerable<string> Answers() =>
        _workflows.Requests.Select(request => request.Operation).Where(operation => operation is "SendTaskSuccess" or "SendTaskFailure");

    ServiceProcess Start(int graceSeconds) => ServiceProcess.Start(typeof(CleanRecipe).Assembly, new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL_S3"] = _objects.Url,
        ["AWS_ENDPOINT_URL"] = _workflows.Url,
        [EtlEnvironment.Bucket] = EtlNames.Bucket,
        [EtlEnvironment.ActivityArn] = $"arn:aws:states:{EtlNames.LocalRegion}:{EtlNames.LocalAccount}:activity:{EtlNames.CleanActivity}",
        [EtlEnvironment.GraceSeconds] = $"{graceSeconds}",
    });
}
