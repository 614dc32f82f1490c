using Amazon.CDK;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>
/// The whole deployment: what it makes dies with it. <c>cdk deploy</c> uses it directly, the AppHost compiles it in.
/// Context (<c>-c name=value</c>): <c>azs</c>, <c>viewerFrom</c>, <c>alarmEmail</c>; parameters (<c>--parameters</c>):
/// <c>HeartbeatSeconds</c>, <c>TimeoutSeconds</c>.
/// </summary>
public class EtlStack : Stack
{
    public const string DefaultName = "EtlTracing";

    /// <summary>Options that are the same for everything deployed from one checkout: the CDK's context, or the AppHost's configuration under Etl.</summary>
    public static readonly string[] ContextNames = ["azs", "viewerFrom", "alarmEmail"];

    public EtlStack(Construct scope, string id, IStackProps? props = null)
        : base(scope, id, props)
    {
        Network = new Network(this, "Network");
        Data = new DataBucket(this, "Data");
        Workflow = new Workflow(this, "Workflow");
        Collector = new CollectorService(this, "Collector", Network);
        Trigger = new TriggerFunction(this, "Trigger", Network, Data, Workflow, Collector);
        CleanJob = new JobService(this, "CleanJob", JobService.Clean, Network, Data, Workflow, Workflow.CleanActivity, Collector);
        ProcessJob = new JobService(this, "ProcessJob", JobService.Process, Network, Data, Workflow, Workflow.ProcessActivity, Collector);
        if (Node.TryGetContext("viewerFrom") is string cidr) Viewer = new ViewerService(this, "Viewer", Network, Data, Workflow, Collector, cidr);
        _ = new Monitoring(this, "Monitoring", Workflow, Trigger, Collector);

        Output(StackOutputs.Bucket, Data.Bucket.BucketName);
        Output(StackOutputs.StateMachineArn, Workflow.StateMachine.StateMachineArn);
        Output(StackOutputs.CleanActivityArn, Workflow.CleanActivity.ActivityArn);
        Output(StackOutputs.ProcessActivityArn, Workflow.ProcessActivity.ActivityArn);
        if (Viewer is not null) Output(StackOutputs.ViewerUrl, ViewerService.Url);
    }

    public Network Network { get; }
    public DataBucket Data { get; }
    public Workflow Workflow { get; }
    public CollectorService Collector { get; }
    public TriggerFunction Trigger { get; }
    public JobService CleanJob { get; }
    public JobService ProcessJob { get; }

    /// <summary>Null unless <c>-c viewerFrom=CIDR</c> asks for it.</summary>
    public ViewerService? Viewer { get; }

    void Output(string name, string value) => _ = new CfnOutput(this, name, new CfnOutputProps { Value = value });
}
