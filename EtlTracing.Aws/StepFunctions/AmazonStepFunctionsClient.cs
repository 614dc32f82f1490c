using System.Text.Json;
using Amazon.Runtime;
using Amazon.StepFunctions.Model;
using EtlTracing.Aws.Protocol;

namespace Amazon.StepFunctions;

/// <summary>
/// The operations this system needs, named and typed as in the official package AWSSDK.StepFunctions, which can take the
/// place of this folder without a caller noticing.
/// </summary>
public sealed class AmazonStepFunctionsClient : JsonServiceClient
{
    static readonly JsonSerializerOptions s_json = MessagesOf(StepFunctionsMessages.Default);

    public AmazonStepFunctionsClient() : this(new AmazonStepFunctionsConfig()) { }

    public AmazonStepFunctionsClient(AmazonStepFunctionsConfig config) : this(null, config) { }

    public AmazonStepFunctionsClient(AWSCredentials? credentials, AmazonStepFunctionsConfig config)
        : base(credentials, config, s_json, AmazonStepFunctionsException.Of) { }

    public Task<CreateActivityResponse> CreateActivityAsync(CreateActivityRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<CreateActivityResponse>(request, cancellationToken);

    public Task<CreateStateMachineResponse> CreateStateMachineAsync(CreateStateMachineRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<CreateStateMachineResponse>(request, cancellationToken);

    public Task<DeleteStateMachineResponse> DeleteStateMachineAsync(DeleteStateMachineRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DeleteStateMachineResponse>(request, cancellationToken);

    public Task<DescribeActivityResponse> DescribeActivityAsync(DescribeActivityRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeActivityResponse>(request, cancellationToken);

    public Task<DescribeExecutionResponse> DescribeExecutionAsync(DescribeExecutionRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeExecutionResponse>(request, cancellationToken);

    public Task<DescribeStateMachineResponse> DescribeStateMachineAsync(DescribeStateMachineRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeStateMachineResponse>(request, cancellationToken);

    public Task<GetActivityTaskResponse> GetActivityTaskAsync(GetActivityTaskRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetActivityTaskResponse>(request, cancellationToken);

    public Task<GetExecutionHistoryResponse> GetExecutionHistoryAsync(GetExecutionHistoryRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetExecutionHistoryResponse>(request, cancellationToken);

    public Task<ListActivitiesResponse> ListActivitiesAsync(ListActivitiesRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListActivitiesResponse>(request, cancellationToken);

    public Task<ListExecutionsResponse> ListExecutionsAsync(ListExecutionsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListExecutionsResponse>(request, cancellationToken);

    public Task<ListStateMachinesResponse> ListStateMachinesAsync(ListStateMachinesRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListStateMachinesResponse>(request, cancellationToken);

    public Task<RedriveExecutionResponse> RedriveExecutionAsync(RedriveExecutionRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<RedriveExecutionResponse>(request, cancellationToken);

    public Task<SendTaskFailureResponse> SendTaskFailureAsync(SendTaskFailureRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<SendTaskFailureResponse>(request, cancellationToken);

    public Task<SendTaskHeartbeatResponse> SendTaskHeartbeatAsync(SendTaskHeartbeatRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<SendTaskHeartbeatResponse>(request, cancellationToken);

    public Task<SendTaskSuccessResponse> SendTaskSuccessAsync(SendTaskSuccessRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<SendTaskSuccessResponse>(request, cancellationToken);

    public Task<StartExecutionResponse> StartExecutionAsync(StartExecutionRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<StartExecutionResponse>(request, cancellationToken);

    public Task<StopExecutionResponse> StopExecutionAsync(StopExecutionRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<StopExecutionResponse>(request, cancellationToken);

    public Task<UpdateStateMachineResponse> UpdateStateMachineAsync(UpdateStateMachineRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<UpdateStateMachineResponse>(request, cancellationToken);
}
