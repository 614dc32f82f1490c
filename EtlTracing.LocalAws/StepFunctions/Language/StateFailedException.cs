namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>A state failed: the error's name and its cause, as Retry and Catch see them.</summary>
public sealed class StateFailedException(string error, string? cause) : Exception(cause)
{
    public const string Runtime = "States.Runtime";
    public const string Timeout = "States.Timeout";
    public const string HeartbeatTimeout = "States.HeartbeatTimeout";
    public const string DataLimit = "States.DataLimitExceeded";
    public const string IntrinsicFailure = "States.IntrinsicFailure";

    public string Error { get; } = error;
    public string? Cause { get; } = cause;

    /// <summary>What happened is the definition's or the data's fault: the cause is told with the state's name and event.</summary>
    public bool NeedsPlace { get; init; }

    /// <summary>Told by a worker's answer. Only then does States.ALL stand for States.DataLimitExceeded too, as recorded on AWS.</summary>
    public bool IsFromWorker { get; init; }

    public static StateFailedException At(string error, string reason) => new(error, reason) { NeedsPlace = true };
    public static StateFailedException AtRuntime(string reason) => At(Runtime, reason);
}
