using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Amazon.XRay;

namespace EtlTracing;

/// <summary>Sets a local cloud up for this pipeline, through its public APIs and as often as wanted: what exists stays.</summary>
static class PipelineSetup
{
    public static string StateMachineArn => $"arn:aws:states:{EtlNames.LocalRegion}:{EtlNames.LocalAccount}:stateMachine:{EtlNames.StateMachine}";

    public static string ActivityArn(string name) => $"arn:aws:states:{EtlNames.LocalRegion}:{EtlNames.LocalAccount}:activity:{name}";

    /// <summary>The local cloud takes any credentials; SDKs insist on some.</summary>
    public static AWSCredentials Credentials { get; } = new BasicAWSCredentials("local", "local");

    /// <summary>Makes bucket, activities, state machine and the notification that brings uploads to the trigger.</summary>
    /// <param name="endpoint">The local cloud's URL.</param>
    /// <param name="events">Where the trigger takes events; goes where a Lambda function's ARN would stand.</param>
    /// <param name="workflowFile">Path of workflow.asl.json.</param>
    public static async Task ApplyAsync(Uri endpoint, Uri events, string workflowFile, int timeoutSeconds, int heartbeatSeconds, CancellationToken cancellationToken)
    {
        await CreateWorkflowAsync(endpoint, workflowFile, timeoutSeconds, heartbeatSeconds, cancellationToken);
        await NotifyAsync(endpoint, events, cancellationToken);
    }

    /// <summary>Activities and state machine: what the jobs need before they can ask for work.</summary>
    public static async Task CreateWorkflowAsync(Uri endpoint, string workflowFile, int timeoutSeconds, int heartbeatSeconds, CancellationToken cancellationToken)
    {
        using var states = States(endpoint);
        foreach (var name in new[] { EtlNames.CleanActivity, EtlNames.ProcessActivity })
            await states.CreateActivityAsync(new CreateActivityRequest { Name = name }, cancellationToken);

        var definition = (await File.ReadAllTextAsync(workflowFile, cancellationToken))
            .Replace("${CleanActivityArn}", ActivityArn(EtlNames.CleanActivity), StringComparison.Ordinal)
            .Replace("${ProcessActivityArn}", ActivityArn(EtlNames.ProcessActivity), StringComparison.Ordinal)
            .Replace("${TimeoutSeconds}", timeoutSeconds.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("${HeartbeatSeconds}", heartbeatSeconds.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        try
        {
            await states.CreateStateMachineAsync(new CreateStateMachineRequest
            {
                Name = EtlNames.StateMachine,
                Definition = definition,
                RoleArn = $"arn:aws:iam::{EtlNames.LocalAccount}:role/{EtlNames.StateMachine}",
                TracingConfiguration = new TracingConfiguration { Enabled = true },
            }, cancellationToken);
        }
        catch (StateMachineAlreadyExistsException)
        {
            // Made by an earlier start with another definition or other limits: ours is the newer.
            await states.UpdateStateMachineAsync(new UpdateStateMachineRequest { StateMachineArn = StateMachineArn, Definition = definition }, cancellationToken);
        }
    }

    /// <summary>The bucket and its notification: from here on uploads start runs.</summary>
    public static async Task NotifyAsync(Uri endpoint, Uri events, CancellationToken cancellationToken)
    {
        using var s3 = S3(endpoint);
        try
        {
            await s3.PutBucketAsync(new PutBucketRequest { BucketName = EtlNames.Bucket }, cancellationToken);
        }
        catch (AmazonS3Exception exists) when (exists.ErrorCode == "BucketAlreadyOwnedByYou")
        {
            // It keeps its objects.
        }
        await s3.PutBucketNotificationAsync(new PutBucketNotificationRequest
        {
            BucketName = EtlNames.Bucket,
            LambdaFunctionConfigurations =
            [
                new LambdaFunctionConfiguration
                {
                    Id = EtlNames.TriggerService,
                    FunctionArn = events.AbsoluteUri,
                    Events = [EventType.ObjectCreatedAll],
                    Filter = new Filter { S3KeyFilter = new S3KeyFilter { FilterRules = [new FilterRule { Name = "prefix", Value = EtlNames.InputPrefix }] } },
                },
            ],
        }, cancellationToken);
    }

    public static AmazonS3Client S3(Uri endpoint) =>
        new(Credentials, new AmazonS3Config { ServiceURL = Url(endpoint), AuthenticationRegion = EtlNames.LocalRegion, ForcePathStyle = true });

    public static AmazonStepFunctionsClient States(Uri endpoint) =>
        new(Credentials, new AmazonStepFunctionsConfig { ServiceURL = Url(endpoint), AuthenticationRegion = EtlNames.LocalRegion });

    public static AmazonXRayClient XRay(Uri endpoint) =>
        new(Credentials, new AmazonXRayConfig { ServiceURL = Url(endpoint), AuthenticationRegion = EtlNames.LocalRegion });

    static string Url(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);
}
