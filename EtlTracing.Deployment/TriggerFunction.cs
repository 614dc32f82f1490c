using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.Events;
using Amazon.CDK.AWS.Events.Targets;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SQS;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>
/// The trigger as a function: the web application of all other places behind the Lambda Web Adapter. An event that can't be
/// handled, or not even be delivered, ends in the queue of dead letters.
/// </summary>
public sealed class TriggerFunction : Construct
{
    const string Port = "8080";

    public TriggerFunction(Construct scope, string id, Network network, DataBucket data, Workflow workflow, CollectorService collector)
        : base(scope, id)
    {
        DeadLetters = new Queue(this, "DeadLetters", new QueueProps
        {
            RetentionPeriod = Duration.Days(14),
            Encryption = QueueEncryption.SQS_MANAGED,
            EnforceSSL = true,
            RemovalPolicy = RemovalPolicy.DESTROY,
        });

        var logs = OwnedLogs.Create(this, "Logs");
        var role = FunctionRole.Create(this, "Role", logs);
        // What Lambda needs to connect a function to a VPC; it checks for these on any resource.
        role.AddToPolicy(new PolicyStatement(new PolicyStatementProps
        {
            Actions = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
            Resources = ["*"],
        }));
        role.AddToPolicy(new PolicyStatement(new PolicyStatementProps { Actions = ["states:StartExecution"], Resources = [workflow.StateMachine.StateMachineArn] }));

        Function = new DockerImageFunction(this, "Function", new DockerImageFunctionProps
        {
            Description = "Starts one run for each upload",
            Code = SourceImage.ForFunction("EtlTracing.Trigger/Dockerfile"),
            Architecture = Architecture.X86_64,
            MemorySize = 512,
            Timeout = Duration.Seconds(30),
            Tracing = Tracing.ACTIVE,
            Role = role,
            LogGroup = logs,
            Vpc = network.Vpc,
            VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PRIVATE_ISOLATED },
            Environment = Environment(data, workflow),
            RetryAttempts = 2,
            MaxEventAge = Duration.Hours(6),
            DeadLetterQueue = DeadLetters,
        });
        collector.Receive(Function, Function);

        _ = new Rule(this, "Uploads", new RuleProps
        {
            Description = "Each object created under input/",
            EventPattern = new EventPattern
            {
                Source = ["aws.s3"],
                DetailType = ["Object Created"],
                Detail = new Dictionary<string, object>
                {
                    ["bucket"] = new Dictionary<string, object> { ["name"] = new[] { data.Bucket.BucketName } },
                    ["object"] = new Dictionary<string, object> { ["key"] = new[] { new Dictionary<string, object> { ["prefix"] = EtlNames.InputPrefix } } },
                },
            },
            Targets =
            [
                new LambdaFunction(Function, new LambdaFunctionProps { DeadLetterQueue = DeadLetters, RetryAttempts = 185, MaxEventAge = Duration.Hours(24) }),
            ],
        });
    }

    public DockerImageFunction Function { get; }
    public Queue DeadLetters { get; }

    static Dictionary<string, string> Environment(DataBucket data, Workflow workflow) => new(CollectorService.EnvironmentOf(EtlNames.TriggerService))
    {
        [EtlEnvironment.Bucket] = data.Bucket.BucketName,
        [EtlEnvironment.StateMachineArn] = workflow.StateMachine.StateMachineArn,
        ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
        ["ASPNETCORE_HTTP_PORTS"] = Port,
        ["AWS_LWA_PORT"] = Port,
        ["AWS_LWA_READINESS_CHECK_PATH"] = "/alive",
        ["AWS_LWA_PASS_THROUGH_PATH"] = EtlNames.EventsPath,
        // Else the adapter takes a 500 for an answer like any other, and the upload would be forgotten instead of retried.
        ["AWS_LWA_ERROR_STATUS_CODES"] = "500-599",
    };
}
