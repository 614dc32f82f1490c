using Amazon.Runtime;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Jobs;

/// <summary>Tells the workflow that a task is being worked on, and the work when the workflow no longer wants it.</summary>
sealed class Heartbeat : IAsyncDisposable
{
    readonly CancellationTokenSource _lost = new();
    readonly CancellationTokenSource _stop = new();
    readonly Task _beating;

    public Heartbeat(AmazonStepFunctionsClient workflows, string taskToken, TimeSpan interval, TimeProvider time, ILogger log)
    {
        Lost = _lost.Token;
        _beating = Task.Run(() => BeatAsync(workflows, taskToken, interval, time, log));
    }

    /// <summary>Cancelled when the task has timed out or its execution has ended.</summary>
    public CancellationToken Lost { get; }

    /// <summary>What the workflow said when it was lost: TaskTimedOut, TaskDoesNotExist or InvalidToken.</summary>
    public string? Reason { get; private set; }

    public static bool IsLoss(Exception exception) => exception is TaskTimedOutException or TaskDoesNotExistException or InvalidTokenException;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
        _lost.Dispose();
    }

    async Task BeatAsync(AmazonStepFunctionsClient workflows, string taskToken, TimeSpan interval, TimeProvider time, ILogger log)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                try
                {
                    await workflows.SendTaskHeartbeatAsync(new SendTaskHeartbeatRequest { TaskToken = taskToken }, _stop.Token);
                }
                catch (AmazonStepFunctionsException answer) when (IsLoss(answer))
                {
                    Reason = answer.ErrorCode;
                    await _lost.CancelAsync();
                    return;
                }
                catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
                {
                    log.LogWarning("a heartbeat did not arrive: {Message}", exception.Message);
                }
        }
        catch (OperationCanceledException)
        {
            // The task is done.
        }
    }
}
