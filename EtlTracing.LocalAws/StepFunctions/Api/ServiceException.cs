namespace EtlTracing.LocalAws.StepFunctions.Api;

/// <summary>An error of the service, by the name and with the message that Step Functions answers.</summary>
public sealed class ServiceException(string name, string message, int status = 400) : Exception(message)
{
    public string Name { get; } = name;
    public int Status { get; } = status;

    public static ServiceException InvalidArn(string reason) => new("InvalidArn", $"Invalid Arn: '{reason}'");
    public static ServiceException InvalidName(string name) => new("InvalidName", $"Invalid Name: '{name}'");
    public static ServiceException InvalidToken() => new("InvalidToken", "Invalid Token: 'Invalid token'");
    public static ServiceException InvalidOutput(string reason) => new("InvalidOutput", $"Invalid Output: '{reason}'");
    public static ServiceException InvalidInput(string reason) => new("InvalidExecutionInput", $"Invalid State Machine Execution Input: '{reason}'");
    public static ServiceException InvalidDefinition(string reason) => new("InvalidDefinition", $"Invalid State Machine Definition: '{reason}'");
    public static ServiceException Validation(string message) => new("ValidationException", message);
    public static ServiceException NoMachine(string arn) => new("StateMachineDoesNotExist", $"State Machine Does Not Exist: '{arn}'");
    public static ServiceException NoExecution(string arn) => new("ExecutionDoesNotExist", $"Execution Does Not Exist: '{arn}'");
    public static ServiceException NoActivity(string arn) => new("ActivityDoesNotExist", $"Activity Does Not Exist: '{arn}'");
    public static ServiceException NoResource(string arn) => new("ResourceNotFound", $"Resource not found: '{arn}'");
    public static ServiceException NotImplemented(string what) => new("NotImplemented", what, 501);
    public static ServiceException TaskGone() => new("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    public static ServiceException NoTask() => new("TaskDoesNotExist", "Task Does Not Exist: 'Provided task does not exist'");
}
