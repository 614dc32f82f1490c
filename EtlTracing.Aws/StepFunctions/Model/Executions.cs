using Amazon.Runtime;

namespace Amazon.StepFunctions.Model;

public sealed class StartExecutionRequest : AmazonStepFunctionsRequest
{
    public string? StateMachineArn { get; set; }
    public string? Name { get; set; }
    public string? Input { get; set; }
    public string? TraceHeader { get; set; }
}

public sealed class StartExecutionResponse : AmazonWebServiceResponse
{
    public string? ExecutionArn { get; set; }
    public DateTime? StartDate { get; set; }
}

public sealed class DescribeExecutionRequest : AmazonStepFunctionsRequest
{
    public string? ExecutionArn { get; set; }
    public IncludedData? IncludedData { get; set; }
}

public sealed class DescribeExecutionResponse : AmazonWebServiceResponse
{
    public string? ExecutionArn { get; set; }
    public string? StateMachineArn { get; set; }
    public string? Name { get; set; }
    public ExecutionStatus? Status { get; set; }
    public DateTime? StartDate { get; set; }
    public DateTime? StopDate { get; set; }
    public string? Input { get; set; }
    public string? Output { get; set; }
    public string? TraceHeader { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
    public int? RedriveCount { get; set; }
    public DateTime? RedriveDate { get; set; }
    public string? RedriveStatus { get; set; }
}

public sealed class ListExecutionsRequest : AmazonStepFunctionsRequest
{
    public string? StateMachineArn { get; set; }
    public ExecutionStatus? StatusFilter { get; set; }
    public int? MaxResults { get; set; }
    public string? NextToken { get; set; }
}

public sealed class ListExecutionsResponse : AmazonWebServiceResponse
{
    public List<ExecutionListItem>? Executions { get; set; }
    public string? NextToken { get; set; }
}

public sealed class ExecutionListItem
{
    public string? ExecutionArn { get; set; }
    public string? StateMachineArn { get; set; }
    public string? Name { get; set; }
    public ExecutionStatus? Status { get; set; }
    public DateTime? StartDate { get; set; }
    public DateTime? StopDate { get; set; }
    public int? RedriveCount { get; set; }
    public DateTime? RedriveDate { get; set; }
}

public sealed class StopExecutionRequest : AmazonStepFunctionsRequest
{
    public string? ExecutionArn { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class StopExecutionResponse : AmazonWebServiceResponse
{
    public DateTime? StopDate { get; set; }
}

public sealed class RedriveExecutionRequest : AmazonStepFunctionsRequest
{
    public string? ExecutionArn { get; set; }
    public string? ClientToken { get; set; }
}

public sealed class RedriveExecutionResponse : AmazonWebServiceResponse
{
    public DateTime? RedriveDate { get; set; }
}

public sealed class GetExecutionHistoryRequest : AmazonStepFunctionsRequest
{
    public string? ExecutionArn { get; set; }
    public int? MaxResults { get; set; }
    public bool? ReverseOrder { get; set; }
    public string? NextToken { get; set; }
    public bool? IncludeExecutionData { get; set; }
}

public sealed class GetExecutionHistoryResponse : AmazonWebServiceResponse
{
    public List<HistoryEvent>? Events { get; set; }
    public string? NextToken { get; set; }
}
