namespace Amazon.StepFunctions.Model;

/// <summary>One event; of the details, those of its type are set.</summary>
public sealed class HistoryEvent
{
    public long? Id { get; set; }
    public long? PreviousEventId { get; set; }
    public DateTime? Timestamp { get; set; }
    public HistoryEventType? Type { get; set; }
    public ActivityFailedEventDetails? ActivityFailedEventDetails { get; set; }
    public ActivityScheduledEventDetails? ActivityScheduledEventDetails { get; set; }
    public ActivityScheduleFailedEventDetails? ActivityScheduleFailedEventDetails { get; set; }
    public ActivityStartedEventDetails? ActivityStartedEventDetails { get; set; }
    public ActivitySucceededEventDetails? ActivitySucceededEventDetails { get; set; }
    public ActivityTimedOutEventDetails? ActivityTimedOutEventDetails { get; set; }
    public ExecutionAbortedEventDetails? ExecutionAbortedEventDetails { get; set; }
    public ExecutionFailedEventDetails? ExecutionFailedEventDetails { get; set; }
    public ExecutionRedrivenEventDetails? ExecutionRedrivenEventDetails { get; set; }
    public ExecutionStartedEventDetails? ExecutionStartedEventDetails { get; set; }
    public ExecutionSucceededEventDetails? ExecutionSucceededEventDetails { get; set; }
    public ExecutionTimedOutEventDetails? ExecutionTimedOutEventDetails { get; set; }
    public StateEnteredEventDetails? StateEnteredEventDetails { get; set; }
    public StateExitedEventDetails? StateExitedEventDetails { get; set; }
    public TaskFailedEventDetails? TaskFailedEventDetails { get; set; }
    public TaskScheduledEventDetails? TaskScheduledEventDetails { get; set; }
    public TaskStartedEventDetails? TaskStartedEventDetails { get; set; }
    public TaskStartFailedEventDetails? TaskStartFailedEventDetails { get; set; }
    public TaskSubmitFailedEventDetails? TaskSubmitFailedEventDetails { get; set; }
    public TaskSubmittedEventDetails? TaskSubmittedEventDetails { get; set; }
    public TaskSucceededEventDetails? TaskSucceededEventDetails { get; set; }
    public TaskTimedOutEventDetails? TaskTimedOutEventDetails { get; set; }
}

public sealed class ActivityFailedEventDetails
{
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class ActivityScheduledEventDetails
{
    public string? Resource { get; set; }
    public string? Input { get; set; }
    public long? TimeoutInSeconds { get; set; }
    public long? HeartbeatInSeconds { get; set; }
}

public sealed class ActivityScheduleFailedEventDetails
{
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class ActivityStartedEventDetails
{
    public string? WorkerName { get; set; }
}

public sealed class ActivitySucceededEventDetails
{
    public string? Output { get; set; }
}

public sealed class ActivityTimedOutEventDetails
{
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class ExecutionAbortedEventDetails
{
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class ExecutionFailedEventDetails
{
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class ExecutionRedrivenEventDetails
{
    public int? RedriveCount { get; set; }
}

public sealed class ExecutionStartedEventDetails
{
    public string? Input { get; set; }
    public string? RoleArn { get; set; }
}

public sealed class ExecutionSucceededEventDetails
{
    public string? Output { get; set; }
}

public sealed class ExecutionTimedOutEventDetails
{
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class StateEnteredEventDetails
{
    public string? Name { get; set; }
    public string? Input { get; set; }
}

public sealed class StateExitedEventDetails
{
    public string? Name { get; set; }
    public string? Output { get; set; }
}

public sealed class TaskFailedEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class TaskScheduledEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Region { get; set; }
    public string? Parameters { get; set; }
    public long? TimeoutInSeconds { get; set; }
    public long? HeartbeatInSeconds { get; set; }
}

public sealed class TaskStartedEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
}

public sealed class TaskStartFailedEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class TaskSubmitFailedEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class TaskSubmittedEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Output { get; set; }
}

public sealed class TaskSucceededEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Output { get; set; }
}

public sealed class TaskTimedOutEventDetails
{
    public string? ResourceType { get; set; }
    public string? Resource { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
}
