using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.Logs;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>The collector, found by name inside the VPC. Its configuration is the repository's file as it stands.</summary>
public sealed class CollectorService : Construct
{
    public const string Config = "otel-agent-config.yaml";

    /// <summary>For OTEL_EXPORTER_OTLP_ENDPOINT, over gRPC.</summary>
    public const string Endpoint = $"http://{Name}.{Network.Domain}:4317";

    const string Name = "collector";

    public CollectorService(Construct scope, string id, Network network)
        : base(scope, id)
    {
        Logs = OwnedLogs.Create(this, "Logs");
        var task = new FargateTaskDefinition(this, "Task", new FargateTaskDefinitionProps { Cpu = 256, MemoryLimitMiB = 512 });
        task.AddContainer("collector", new ContainerDefinitionOptions
        {
            Image = SourceImage.Of("EtlTracing.Deployment/Collector"),
            // Read by the image instead of any file.
            Environment = new Dictionary<string, string> { ["AOT_CONFIG_CONTENT"] = Repository.Text(Config) },
            // The image has no shell; this program of its own asks the health_check extension.
            HealthCheck = new HealthCheck { Command = ["CMD", "/healthcheck"], Interval = Duration.Seconds(10), Retries = 3, StartPeriod = Duration.Seconds(10) },
            Logging = LogDriver.AwsLogs(new AwsLogDriverProps { LogGroup = Logs, StreamPrefix = Name }),
            // What waits in the queue gets this long to reach X-Ray when the task is replaced.
            StopTimeout = Duration.Seconds(60),
        });
        task.AddToTaskRolePolicy(XRayAccess.Sending());

        Service = new FargateService(this, "Service", new FargateServiceProps
        {
            Cluster = network.Cluster,
            TaskDefinition = task,
            DesiredCount = 1,
            MinHealthyPercent = 100,
            MaxHealthyPercent = 200,
            CircuitBreaker = new DeploymentCircuitBreaker { Rollback = true },
            VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PRIVATE_ISOLATED },
            CloudMapOptions = new CloudMapOptions { Name = Name, DnsTtl = Duration.Seconds(10) },
        });
    }

    public FargateService Service { get; }
    public LogGroup Logs { get; }

    /// <summary>Lets a sender in, and waits for the collector when it is deployed.</summary>
    public void Receive(IConnectable sender, IConstruct deployed)
    {
        Service.Connections.AllowFrom(sender, Port.Tcp(4317), "OTLP over gRPC");
        // Of the collector only the service itself: the rules of its security group name those of its senders, so both would wait for each other.
        deployed.Node.AddDependency(Service.Node.FindChild("Service"));
    }

    /// <summary>Environment of a process that sends its telemetry here, under the service's name.</summary>
    public static Dictionary<string, string> EnvironmentOf(string service) => new()
    {
        ["OTEL_SERVICE_NAME"] = service,
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
    };
}
