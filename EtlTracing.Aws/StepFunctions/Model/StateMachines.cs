using Amazon.Runtime;

namespace Amazon.StepFunctions.Model;

public sealed class CreateStateMachineRequest : AmazonStepFunctionsRequest
{
    public string? Name { get; set; }
    public string? Definition { get; set; }
    public string? RoleArn { get; set; }
    public StateMachineType? Type { get; set; }
    public TracingConfiguration? TracingConfiguration { get; set; }
    public List<Tag>? Tags { get; set; }
}

public sealed class CreateStateMachineResponse : AmazonWebServiceResponse
{
    public string? StateMachineArn { get; set; }
    public DateTime? CreationDate { get; set; }
}

public sealed class DescribeStateMachineRequest : AmazonStepFunctionsRequest
{
    public string? StateMachineArn { get; set; }
}

public sealed class DescribeStateMachineResponse : AmazonWebServiceResponse
{
    public string? StateMachineArn { get; set; }
    public string? Name { get; set; }
    public StateMachineStatus? Status { get; set; }
    public string? Definition { get; set; }
    public string? RoleArn { get; set; }
    public StateMachineType? Type { get; set; }
    public DateTime? CreationDate { get; set; }
    public TracingConfiguration? TracingConfiguration { get; set; }
    public string? RevisionId { get; set; }
}

public sealed class UpdateStateMachineRequest : AmazonStepFunctionsRequest
{
    public string? StateMachineArn { get; set; }
    public string? Definition { get; set; }
    public string? RoleArn { get; set; }
    public TracingConfiguration? TracingConfiguration { get; set; }
}

public sealed class UpdateStateMachineResponse : AmazonWebServiceResponse
{
    public DateTime? UpdateDate { get; set; }
    public string? RevisionId { get; set; }
}

public sealed class ListStateMachinesRequest : AmazonStepFunctionsRequest
{
    public int? MaxResults { get; set; }
    public string? NextToken { get; set; }
}

public sealed class ListStateMachinesResponse : AmazonWebServiceResponse
{
    public List<StateMachineListItem>? StateMachines { get; set; }
    public string? NextToken { get; set; }
}

public sealed class StateMachineListItem
{
    public string? StateMachineArn { get; set; }
    public string? Name { get; set; }
    public StateMachineType? Type { get; set; }
    public DateTime? CreationDate { get; set; }
}

public sealed class DeleteStateMachineRequest : AmazonStepFunctionsRequest
{
    public string? StateMachineArn { get; set; }
}

public sealed class DeleteStateMachineResponse : AmazonWebServiceResponse;

public sealed class TracingConfiguration
{
    public bool? Enabled { get; set; }
}

public sealed class Tag
{
    public string? Key { get; set; }
    public string? Value { get; set; }
}
