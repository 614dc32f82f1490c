using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.ServiceDiscovery;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>
/// A VPC without a way out: each service that is called has an endpoint. Five interface endpoints in one zone cost what a NAT gateway
/// and its address cost before the gateway has carried a byte. <c>-c azs=2</c> pays for the loss of a zone.
/// </summary>
public sealed class Network : Construct
{
    /// <summary>Domain of the names that services find each other by.</summary>
    public const string Domain = "etl.internal";

    public Network(Construct scope, string id)
        : base(scope, id)
    {
        Vpc = new Vpc(this, "Vpc", new VpcProps
        {
            MaxAzs = int.Parse(Node.TryGetContext("azs")?.ToString() ?? "1", System.Globalization.CultureInfo.InvariantCulture),
            NatGateways = 0,
            // What restricts the unused default group is a function with a log group of nobody's.
            RestrictDefaultSecurityGroup = false,
            SubnetConfiguration = [new SubnetConfiguration { Name = "Isolated", SubnetType = SubnetType.PRIVATE_ISOLATED, CidrMask = 24 }],
        });
        Vpc.AddGatewayEndpoint("S3", new GatewayVpcEndpointOptions { Service = GatewayVpcEndpointAwsService.S3 });
        AddEndpoint("States", InterfaceVpcEndpointAwsService.STEP_FUNCTIONS);
        AddEndpoint("XRay", InterfaceVpcEndpointAwsService.XRAY);
        AddEndpoint("Logs", InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS);
        AddEndpoint("EcrApi", InterfaceVpcEndpointAwsService.ECR);
        AddEndpoint("EcrDocker", InterfaceVpcEndpointAwsService.ECR_DOCKER);

        Cluster = new Cluster(this, "Cluster", new ClusterProps { Vpc = Vpc });
        Namespace = Cluster.AddDefaultCloudMapNamespace(new CloudMapNamespaceOptions { Name = Domain });
    }

    public Vpc Vpc { get; }
    public Cluster Cluster { get; }
    public INamespace Namespace { get; }

    void AddEndpoint(string id, IInterfaceVpcEndpointService service) =>
        Vpc.AddInterfaceEndpoint(id, new InterfaceVpcEndpointOptions { Service = service });
}
