using Amazon.Runtime;
using Amazon.StepFunctions.Model;
using EtlTracing.Aws.Protocol;

namespace Amazon.StepFunctions;

/// <summary>Any error the service answers with; those a caller may want to tell apart have a type of their own.</summary>
public class AmazonStepFunctionsException : AmazonServiceException
{
    internal AmazonStepFunctionsException(JsonFault fault) : base(fault.Message, fault.Inner!, fault.Side, fault.Code, fault.RequestId!, fault.Status) { }

    internal static AmazonStepFunctionsException Of(JsonFault fault) => fault.Code switch
    {
        "ActivityDoesNotExist" or "ActivityDoesNotExistException" => new ActivityDoesNotExistException(fault),
        "ActivityLimitExceeded" or "ActivityLimitExceededException" => new ActivityLimitExceededException(fault),
        "ActivityWorkerLimitExceeded" or "ActivityWorkerLimitExceededException" => new ActivityWorkerLimitExceededException(fault),
        "Conflict" or "ConflictException" => new ConflictException(fault),
        "ExecutionAlreadyExists" or "ExecutionAlreadyExistsException" => new ExecutionAlreadyExistsException(fault),
        "ExecutionDoesNotExist" or "ExecutionDoesNotExistException" => new ExecutionDoesNotExistException(fault),
        "ExecutionLimitExceeded" or "ExecutionLimitExceededException" => new ExecutionLimitExceededException(fault),
        "ExecutionNotRedrivable" or "ExecutionNotRedrivableException" => new ExecutionNotRedrivableException(fault),
        "InvalidArn" or "InvalidArnException" => new InvalidArnException(fault),
        "InvalidDefinition" or "InvalidDefinitionException" => new InvalidDefinitionException(fault),
        "InvalidExecutionInput" or "InvalidExecutionInputException" => new InvalidExecutionInputException(fault),
        "InvalidName" or "InvalidNameException" => new InvalidNameException(fault),
        "InvalidOutput" or "InvalidOutputException" => new InvalidOutputException(fault),
        "InvalidToken" or "InvalidTokenException" => new InvalidTokenException(fault),
        "MissingRequiredParameter" or "MissingRequiredParameterException" => new MissingRequiredParameterException(fault),
        "ResourceNotFound" or "ResourceNotFoundException" => new ResourceNotFoundException(fault),
        "StateMachineAlreadyExists" or "StateMachineAlreadyExistsException" => new StateMachineAlreadyExistsException(fault),
        "StateMachineDeleting" or "StateMachineDeletingException" => new StateMachineDeletingException(fault),
        "StateMachineDoesNotExist" or "StateMachineDoesNotExistException" => new StateMachineDoesNotExistException(fault),
        "StateMachineLimitExceeded" or "StateMachineLimitExceededException" => new StateMachineLimitExceededException(fault),
        "TaskDoesNotExist" or "TaskDoesNotExistException" => new TaskDoesNotExistException(fault),
        "TaskTimedOut" or "TaskTimedOutException" => new TaskTimedOutException(fault),
        "Validation" or "ValidationException" => new ValidationException(fault),
        _ => new AmazonStepFunctionsException(fault),
    };
}
