using Amazon.Runtime;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Jobs;

/// <summary>
/// Answers tasks. Work that is done must not be done again because the service was away for a moment, so an answer is tried
/// for a minute; after that the state's heartbeat has run out anyway.
/// </summary>
sealed class Answers(AmazonStepFunctionsClient workflows, TimeProvider time, ILogger log)
{
    /// <summary>Step Functions' limits, in characters.</summary>
    const int LongestError = 256;
    const int LongestCause = 32_768;

    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public Task<bool> SucceedAsync(string token, string output) =>
        SendAsync(() => workflows.SendTaskSuccessAsync(new SendTaskSuccessRequest { TaskToken = token, Output = output }));

    public Task<bool> FailAsync(string token, string error, string cause) =>
        SendAsync(() => workflows.SendTaskFailureAsync(new SendTaskFailureRequest { TaskToken = token, Error = Cut(error, LongestError), Cause = Cut(cause, LongestCause) }));

    async Task<bool> SendAsync(Func<Task> answer)
    {
        var start = time.GetTimestamp();
        while (true)
            try
            {
                await answer();
                return true;
            }
            catch (AmazonStepFunctionsException gone) when (Heartbeat.IsLoss(gone))
            {
                log.LogWarning("the answer came too late: {Error}", gone.ErrorCode);
                return false;
            }
            catch (Exception exception) when (IsPassing(exception) && time.GetElapsedTime(start) < s_patience)
            {
                log.LogWarning("the answer did not arrive, and is sent again: {Message}", exception.Message);
                await Task.Delay(s_pause, time);
            }
            catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
            {
                log.LogError("the answer could not be sent: {Message}", exception.Message);
                return false;
            }
    }

    static bool IsPassing(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException
        || exception is AmazonServiceException answer && ((int)answer.StatusCode is 0 or >= 500 || answer.ErrorCode == "ThrottlingException")
        || exception is AmazonClientException { InnerException: HttpRequestException or IOException };

    static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
