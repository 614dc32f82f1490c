using Amazon.Runtime;

namespace Amazon.StepFunctions.Model;

public sealed class CreateActivityRequest : AmazonStepFunctionsRequest
{
    public string? Name { get; set; }
    public List<Tag>? Tags { get; set; }
}

public sealed class CreateActivityResponse : AmazonWebServiceResponse
{
    public string? ActivityArn { get; set; }
    public DateTime? CreationDate { get; set; }
}

public sealed class DescribeActivityRequest : AmazonStepFunctionsRequest
{
    public string? ActivityArn { get; set; }
}

public sealed class DescribeActivityResponse : AmazonWebServiceResponse
{
    public string? ActivityArn { get; set; }
    public string? Name { get; set; }
    public DateTime? CreationDate { get; set; }
}

public sealed class ListActivitiesRequest : AmazonStepFunctionsRequest
{
    public int? MaxResults { get; set; }
    public string? NextToken { get; set; }
}

public sealed class ListActivitiesResponse : AmazonWebServiceResponse
{
    public List<ActivityListItem>? Activities { get; set; }
    public string? NextToken { get; set; }
}

public sealed class ActivityListItem
{
    public string? ActivityArn { get; set; }
    public string? Name { get; set; }
    public DateTime? CreationDate { get; set; }
}

public sealed class GetActivityTaskRequest : AmazonStepFunctionsRequest
{
    public string? ActivityArn { get; set; }
    public string? WorkerName { get; set; }
}

/// <summary><see cref="TaskToken"/> is null when a minute passed without a task.</summary>
public sealed class GetActivityTaskResponse : AmazonWebServiceResponse
{
    public string? TaskToken { get; set; }
    public string? Input { get; set; }
}

public sealed class SendTaskSuccessRequest : AmazonStepFunctionsRequest
{
    public string? TaskToken { get; set; }
    public string? Output { get; set; }
}

public sealed class SendTaskSuccessResponse : AmazonWebServiceResponse;

public sealed class SendTaskFailureRequest : AmazonStepFunctionsRequest
{
    public string? TaskToken { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
}

public sealed class SendTaskFailureResponse : AmazonWebServiceResponse;

public sealed class SendTaskHeartbeatRequest : AmazonStepFunctionsRequest
{
    public string? TaskToken { get; set; }
}

public sealed class SendTaskHeartbeatResponse : AmazonWebServiceResponse;
