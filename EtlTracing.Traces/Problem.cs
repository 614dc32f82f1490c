using Amazon.Runtime;

namespace EtlTracing.Traces;

/// <summary>What went wrong with a call of AWS, in words that say what to do. Never holds credentials.</summary>
public static class Problem
{
    public static bool IsDenied(AmazonServiceException problem) =>
        problem.StatusCode == System.Net.HttpStatusCode.Forbidden
        || problem.ErrorCode is "AccessDenied" or "AccessDeniedException" or "UnrecognizedClientException" or "ExpiredTokenException";

    /// <param name="problem">What the SDK threw.</param>
    /// <param name="what">What was to be read, with its article.</param>
    /// <param name="permission">The IAM action that reading it needs.</param>
    public static string Words(AmazonServiceException problem, string what, string permission) => problem switch
    {
        _ when problem.ErrorCode is "ExpiredToken" or "ExpiredTokenException" => $"The credentials have expired, so {what} cannot be read.",
        _ when IsDenied(problem) => $"These credentials may not read {what}; the permission it needs is {permission}.",
        { ErrorCode: "StateMachineDoesNotExist" } => "There is no such state machine. Check ETL_STATE_MACHINE_ARN and the region.",
        { ErrorCode: "NoSuchKey" or "NotFound" } => $"There is no such object any more: {what}.",
        { ErrorCode: "NoSuchBucket" } => "There is no such bucket. Check ETL_BUCKET and the region.",
        _ when problem.ErrorCode is { Length: > 0 } code => $"Reading {what} failed: {code}: {problem.Message}",
        _ => $"Reading {what} failed: {problem.Message}",
    };
}
