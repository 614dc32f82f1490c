using EtlTracing.Aws.Protocol;

namespace Amazon.StepFunctions.Model;

public sealed class ActivityDoesNotExistException : AmazonStepFunctionsException
{
    internal ActivityDoesNotExistException(JsonFault fault) : base(fault) { }
}

public sealed class ActivityLimitExceededException : AmazonStepFunctionsException
{
    internal ActivityLimitExceededException(JsonFault fault) : base(fault) { }
}

public sealed class ActivityWorkerLimitExceededException : AmazonStepFunctionsException
{
    internal ActivityWorkerLimitExceededException(JsonFault fault) : base(fault) { }
}

public sealed class ConflictException : AmazonStepFunctionsException
{
    internal ConflictException(JsonFault fault) : base(fault) { }
}

public sealed class ExecutionAlreadyExistsException : AmazonStepFunctionsException
{
    internal ExecutionAlreadyExistsException(JsonFault fault) : base(fault) { }
}

public sealed class ExecutionDoesNotExistException : AmazonStepFunctionsException
{
    internal ExecutionDoesNotExistException(JsonFault fault) : base(fault) { }
}

public sealed class ExecutionLimitExceededException : AmazonStepFunctionsException
{
    internal ExecutionLimitExceededException(JsonFault fault) : base(fault) { }
}

public sealed class ExecutionNotRedrivableException : AmazonStepFunctionsException
{
    internal ExecutionNotRedrivableException(JsonFault fault) : base(fault) { }
}

public sealed class InvalidArnException : AmazonStepFunctionsException
{
    internal InvalidArnException(JsonFault fault) : base(fault) { }
}

public sealed class InvalidDefinitionException : AmazonStepFunctionsException
{
    internal InvalidDefinitionException(JsonFault fault) : base(fault) { }
}

public sealed class InvalidExecutionInputException : AmazonStepFunctionsException
{
    internal InvalidExecutionInputException(JsonFault fault) : base(fault) { }
}

public sealed class InvalidNameException : AmazonStepFunctionsException
{
    internal InvalidNameException(JsonFault fault) : base(fault) { }
}

public sealed class InvalidOutputException : AmazonStepFunctionsException
{
    internal InvalidOutputException(JsonFault fault) : base(fault) { }
}

public sealed class InvalidTokenException : AmazonStepFunctionsException
{
    internal InvalidTokenException(JsonFault fault) : base(fault) { }
}

public sealed class MissingRequiredParameterException : AmazonStepFunctionsException
{
    internal MissingRequiredParameterException(JsonFault fault) : base(fault) { }
}

public sealed class ResourceNotFoundException : AmazonStepFunctionsException
{
    internal ResourceNotFoundException(JsonFault fault) : base(fault) { }
}

public sealed class StateMachineAlreadyExistsException : AmazonStepFunctionsException
{
    internal StateMachineAlreadyExistsException(JsonFault fault) : base(fault) { }
}

public sealed class StateMachineDeletingException : AmazonStepFunctionsException
{
    internal StateMachineDeletingException(JsonFault fault) : base(fault) { }
}

public sealed class StateMachineDoesNotExistException : AmazonStepFunctionsException
{
    internal StateMachineDoesNotExistException(JsonFault fault) : base(fault) { }
}

public sealed class StateMachineLimitExceededException : AmazonStepFunctionsException
{
    internal StateMachineLimitExceededException(JsonFault fault) : base(fault) { }
}

public sealed class TaskDoesNotExistException : AmazonStepFunctionsException
{
    internal TaskDoesNotExistException(JsonFault fault) : base(fault) { }
}

public sealed class TaskTimedOutException : AmazonStepFunctionsException
{
    internal TaskTimedOutException(JsonFault fault) : base(fault) { }
}

public sealed class ValidationException : AmazonStepFunctionsException
{
    internal ValidationException(JsonFault fault) : base(fault) { }
}
