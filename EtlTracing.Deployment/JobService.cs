using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.StepFunctions;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>One job's workers on Fargate, at least one: a worker asks for work, so there is nothing that could start the first.</summary>
public sealed class JobService : Construct
{
    /// <summary>What tells one job from the other.</summary>
    public sealed record Job(string Service, string Dockerfile, string[] Reads, string[] Writes);

    public static readonly Job Clean = new(
        EtlNames.CleanJobService, "EtlTracing.CleanJob/Dockerfile", [EtlNames.InputPrefix, EtlNames.CleanPrefix], [EtlNames.CleanPrefix, EtlNames.RejectedPrefix]);

    public static readonly Job Process = new(
        EtlNames.ProcessJobService, "EtlTracing.ProcessJob/Dockerfile", [EtlNames.CleanPrefix, EtlNames.ProcessedPrefix], [EtlNames.ProcessedPrefix, EtlNames.RejectedPrefix]);

    // The most that Fargate gives. A task in hand is finished in the first part of it, or handed back to be retried in the rest.
    static readonly Duration s_stopTimeout = Duration.Seconds(120);
    static readonly Duration s_grace = Duration.Seconds(90);

    public JobService(Construct scope, string id, Job job, Network network, DataBucket data, Workflow workflow, Activity activity, CollectorService collector)
        : base(scope, id)
    {
        var task = new FargateTaskDefinition(this, "Task", new FargateTaskDefinitionProps { Cpu = 512, MemoryLimitMiB = 1024 });
        task.AddContainer("job", new ContainerDefinitionOptions
        {
            Image = SourceImage.ForService(job.Dockerfile),
            Environment = new Dictionary<string, string>(CollectorService.EnvironmentOf(job.Service))
            {
                [EtlEnvironment.Bucket] = data.Bucket.BucketName,
                [EtlEnvironment.ActivityArn] = activity.ActivityArn,
                [EtlEnvironment.GraceSeconds] = $"{s_grace.ToSeconds():0}",
                // Spans that the collector can't take now wait here, as long as the task lives.
                ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "disk",
                ["OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH"] = "/tmp/otlp",
            },
            Logging = LogDriver.AwsLogs(new AwsLogDriverProps { LogGroup = OwnedLogs.Create(this, "Logs"), StreamPrefix = job.Service }),
            StopTimeout = s_stopTimeout,
        });
        task.AddToTaskRolePolicy(data.Reading(job.Reads));
        task.AddToTaskRolePolicy(data.Writing(job.Writes));
        task.AddToTaskRolePolicy(data.Listing());
        task.AddToTaskRolePolicy(XRayAccess.Working());
        foreach (var statement in workflow.Working(activity)) task.AddToTaskRolePolicy(statement);

        Service = new FargateService(this, "Service", new FargateServiceProps
        {
            Cluster = network.Cluster,
            TaskDefinition = task,
            DesiredCount = 1,
            MinHealthyPercent = 100,
            MaxHealthyPercent = 200,
            CircuitBreaker = new DeploymentCircuitBreaker { Rollback = true },
            VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PRIVATE_ISOLATED },
        });
        collector.Receive(Service, Service);
        data.WrittenBy(Service);
    }

    public FargateService Service { get; }
}
