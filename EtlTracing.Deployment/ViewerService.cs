using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.IAM;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>
/// The viewer inside the VPC, for networks that reach it (peering, VPN). It asks nobody's name, so it is off unless such a network is given. A laptop
/// needs none of it: there the AppHost starts the viewer on the same stack.
/// </summary>
public sealed class ViewerService : Construct
{
    public const string Url = $"http://{Name}.{Network.Domain}:8080";

    const string Name = "viewer";

    public ViewerService(Construct scope, string id, Network network, DataBucket data, Workflow workflow, CollectorService collector, string allowedCidr)
        : base(scope, id)
    {
        var task = new FargateTaskDefinition(this, "Task", new FargateTaskDefinitionProps { Cpu = 256, MemoryLimitMiB = 512 });
        task.AddContainer("viewer", new ContainerDefinitionOptions
        {
            Image = SourceImage.ForService("EtlTracing.Viewer/Dockerfile"),
            Environment = new Dictionary<string, string>(CollectorService.EnvironmentOf(EtlNames.ViewerService))
            {
                [EtlEnvironment.Bucket] = data.Bucket.BucketName,
                [EtlEnvironment.StateMachineArn] = workflow.StateMachine.StateMachineArn,
                // Untold it listens on loopback only.
                ["ASPNETCORE_URLS"] = "http://+:8080",
            },
            PortMappings = [new PortMapping { ContainerPort = 8080 }],
            Logging = LogDriver.AwsLogs(new AwsLogDriverProps { LogGroup = OwnedLogs.Create(this, "Logs"), StreamPrefix = Name }),
        });
        task.AddToTaskRolePolicy(data.Reading(EtlNames.InputPrefix, EtlNames.CleanPrefix, EtlNames.ProcessedPrefix, EtlNames.RejectedPrefix));
        task.AddToTaskRolePolicy(data.Listing());
        task.AddToTaskRolePolicy(XRayAccess.Reading());
        task.AddToTaskRolePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Actions = ["states:ListExecutions", "states:DescribeStateMachine"],
            Resources = [workflow.StateMachine.StateMachineArn],
        }));
        task.AddToTaskRolePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Actions = ["states:DescribeExecution", "states:GetExecutionHistory"],
            Resources =
            [
                Stack.Of(this).FormatArn(new ArnComponents
                {
                    Service = "states", Resource = "execution", ResourceName = $"{EtlNames.StateMachine}:*", ArnFormat = ArnFormat.COLON_RESOURCE_NAME,
                }),
            ],
        }));

        var service = new FargateService(this, "Service", new FargateServiceProps
        {
            Cluster = network.Cluster,
            TaskDefinition = task,
            DesiredCount = 1,
            MinHealthyPercent = 0,
            MaxHealthyPercent = 200,
            CircuitBreaker = new DeploymentCircuitBreaker { Rollback = true },
            VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PRIVATE_ISOLATED },
            CloudMapOptions = new CloudMapOptions { Name = Name, DnsTtl = Duration.Seconds(10) },
        });
        service.Connections.AllowFrom(Peer.Ipv4(allowedCidr), Port.Tcp(8080), "The network that may look");
        collector.Receive(service, service);
    }
}
