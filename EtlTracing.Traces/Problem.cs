using System.Net;
using Amazon.Runtime;

namespace EtlTracing.Traces;

/// <summary>What went wrong with a call of AWS, in words that say what to do. Never holds credentials.</summary>
public static class Problem
{
    /// <summary>Whether a call failed in a way that a page can tell about: the service said no, or it did not answer.</summary>
    public static bool IsTold(Exception problem, CancellationToken cancel) =>
        problem is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
        || problem is OperationCanceledException && !cancel.IsCancellationRequested;

    public static bool IsDenied(Exception problem) =>
        problem is AmazonServiceException service
        && (service.StatusCode == HttpStatusCode.Forbidden
            || service.ErrorCode is "AccessDenied" or "AccessDeniedException" or "UnrecognizedClientException" or "ExpiredToken" or "ExpiredTokenException");

    public static bool IsMissing(Exception problem) =>
        problem is AmazonServiceException service && (service.StatusCode == HttpStatusCode.NotFound || service.ErrorCode is "NoSuchKey" or "NotFound");

    public static bool IsThrottled(Exception problem) =>
        problem is AmazonServiceException service
        && (service.StatusCode == HttpStatusCode.TooManyRequests
            || service.ErrorCode is "ThrottlingException" or "Throttling" or "ThrottledException" or "TooManyRequestsException" or "RequestLimitExceeded" or "SlowDown");

    /// <param name="problem">What was thrown.</param>
    /// <param name="what">What was to be read, with its article.</param>
    /// <param name="permission">The IAM action that reading it needs.</param>
    public static string Words(Exception problem, string what, string permission) => problem switch
    {
        AmazonServiceException { ErrorCode: "ExpiredToken" or "ExpiredTokenException" } => $"The credentials have expired, so {what} cannot be read.",
        AmazonServiceException { ErrorCode: "StateMachineDoesNotExist" } => "There is no such state machine. Check ETL_STATE_MACHINE_ARN and the region.",
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => "There is no such bucket. Check ETL_BUCKET and the region.",
        _ when IsThrottled(problem) => $"AWS asks for fewer calls, so {what} could not be read just now.",
        _ when IsDenied(problem) => $"These credentials may not read {what}; the permission it needs is {permission}.",
        _ when IsMissing(problem) => $"It does not exist, or not any more: {what}.",
        AmazonServiceException { ErrorCode: { Length: > 0 } code } => $"Reading {what} failed: {code}: {problem.Message}",
        OperationCanceledException => $"Reading {what} took too long.",
        HttpRequestException or { InnerException: HttpRequestException } => $"AWS cannot be reached to read {what}: {(problem.InnerException ?? problem).Message}",
        _ => $"Reading {what} failed: {problem.Message}",
    };
}
