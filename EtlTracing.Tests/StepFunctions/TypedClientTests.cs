using Amazon.Runtime;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

/// <summary>The client that the system itself uses, against the service.</summary>
public sealed class TypedClientTests
{
    [Fact]
    public async Task TheSystemsOwnClientRunsAnExecution()
    {
        await using var cloud = await StatesCloud.StartAsync();
        using var client = new AmazonStepFunctionsClient(new BasicAWSCredentials("id", "secret"), new AmazonStepFunctionsConfig { ServiceURL = cloud.Endpoint.ToString(), AuthenticationRegion = "us-east-2" });
        var activity = (await client.CreateActivityAsync(new CreateActivityRequest { Name = "work" })).ActivityArn;
        var machine = (await client.CreateStateMachineAsync(new CreateStateMachineRequest
        {
            Name = "typed",
            RoleArn = "arn:aws:iam::000000000000:role/test",
            Definition = $$"""{ "StartAt": "T", "States": { "T": { "Type": "Task", "Resource": "{{activity}}", "End": true } } }""",
        })).StateMachineArn;
        var execution = (await client.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = machine, Name = "one", Input = "[1]" })).ExecutionArn!;

        var task = await client.GetActivityTaskAsync(new GetActivityTaskRequest { ActivityArn = activity, WorkerName = "typed" });
        await client.SendTaskHeartbeatAsync(new SendTaskHeartbeatRequest { TaskToken = task.TaskToken });
        await client.SendTaskSuccessAsync(new SendTaskSuccessRequest { TaskToken = task.TaskToken, Output = "[2]" });

        await cloud.Client.EndAsync(execution);
        var described = await client.DescribeExecutionAsync(new DescribeExecutionRequest { ExecutionArn = execution });
        Assert.Equal(("SUCCEEDED", "[1]", "[2]"), (described.Status!.Value, task.Input, described.Output));
        var history = await client.GetExecutionHistoryAsync(new GetExecutionHistoryRequest { ExecutionArn = execution });
        Assert.Equal("ActivityScheduled", history.Events![2].Type!.Value);
        await Assert.ThrowsAsync<TaskTimedOutException>(() => client.SendTaskSuccessAsync(new SendTaskSuccessRequest { TaskToken = task.TaskToken, Output = "3" }));
    }
}
