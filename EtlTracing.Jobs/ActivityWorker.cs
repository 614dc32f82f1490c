using System.Globalization;
using Amazon.Runtime;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Jobs;

/// <summary>Takes tasks of an activity, as many at a time as configured, until the process is told to stop.</summary>
public sealed class ActivityWorker(JobSettings settings, TaskRunner runner, TimeProvider time, ILogger<ActivityWorker> log) : BackgroundService
{
    static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A poll is held for a minute. The SDK must not repeat one that failed: a task may have been handed to it, and asking again
    /// is this class's business.
    /// </summary>
    readonly AmazonStepFunctionsClient _polls = new(new AmazonStepFunctionsConfig { MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(75) });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(1, settings.Concurrency).Select(number => PollAsync(number, stoppingToken)));
        }
        catch when (FailProcess())
        {
            throw;
        }
    }

    public override void Dispose()
    {
        _polls.Dispose();
        base.Dispose();
    }

    async Task PollAsync(int number, CancellationToken stopping)
    {
        using var giveUp = new CancellationTokenSource();
        await using var grace = stopping.Register(() => giveUp.CancelAfter(settings.Grace));
        var worker = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{number}");
        var request = new GetActivityTaskRequest { ActivityArn = settings.ActivityArn, WorkerName = worker.Length > 80 ? worker[^80..] : worker };
        var pause = s_firstPause;
        while (!stopping.IsCancellationRequested)
            try
            {
                var task = await _polls.GetActivityTaskAsync(request, stopping);
                pause = s_firstPause;
                if (!string.IsNullOrEmpty(task.TaskToken))
                    await runner.RunAsync(new ArrivedTask(task.TaskToken, task.Input ?? "null", time.GetUtcNow(), IsActivity: true), giveUp.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
            {
                log.LogWarning("no task could be asked for: {Message}", exception.Message);
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
    }

    /// <summary>The host stops when this service throws, but its process would exit 0, as if all were well.</summary>
    static bool FailProcess()
    {
        Environment.ExitCode = 1;
        return true;
    }
}
