using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.StepFunctions;
using Constructs;
using XRayRule = Amazon.CDK.AWS.XRay.CfnSamplingRule;

namespace EtlTracing.Deployment;

/// <summary>The workflow, from the file that the local cloud runs, and the activities that its states wait on.</summary>
public sealed class Workflow : Construct
{
    public const string File = "workflow.asl.json";

    public Workflow(Construct scope, string id)
        : base(scope, id)
    {
        CleanActivity = new Activity(this, "CleanActivity", new ActivityProps { ActivityName = EtlNames.CleanActivity });
        ProcessActivity = new Activity(this, "ProcessActivity", new ActivityProps { ActivityName = EtlNames.ProcessActivity });

        StateMachine = new StateMachine(this, "StateMachine", new StateMachineProps
        {
            StateMachineName = EtlNames.StateMachine,
            StateMachineType = StateMachineType.STANDARD,
            // As text: numbers stand unquoted in it, so it is JSON only once CloudFormation has put them in.
            DefinitionBody = DefinitionBody.FromString(Repository.Text(File)),
            DefinitionSubstitutions = new Dictionary<string, string>
            {
                ["CleanActivityArn"] = CleanActivity.ActivityArn,
                ["ProcessActivityArn"] = ProcessActivity.ActivityArn,
                ["TimeoutSeconds"] = Seconds("TimeoutSeconds", 3600, "A job's longest time for one attempt"),
                ["HeartbeatSeconds"] = Seconds("HeartbeatSeconds", 60, "Longest silence of a job before its task goes to another; raise it to debug with breakpoints"),
            },
            TracingEnabled = true,
            Logs = new LogOptions
            {
                // The prefix keeps Step Functions from growing the account's policy for log delivery with each machine.
                Destination = OwnedLogs.Create(this, "Logs", $"/aws/vendedlogs/states/{Stack.Of(this).StackName}-{EtlNames.StateMachine}"),
                Level = LogLevel.ALL,
                IncludeExecutionData = true,
            },
            RemovalPolicy = RemovalPolicy.DESTROY,
        });

        // For runs that are started by hand. Of an upload the trigger's function decides, and Lambda samples by a rate of its own: one a second and 5 %.
        _ = new XRayRule(this, "Sampling", new Amazon.CDK.AWS.XRay.CfnSamplingRuleProps
        {
            SamplingRule = new XRayRule.SamplingRuleProperty
            {
                RuleName = EtlNames.StateMachine,
                Priority = 100,
                FixedRate = 1,
                ReservoirSize = 10,
                ServiceName = EtlNames.StateMachine,
                ServiceType = "*",
                Host = "*",
                HttpMethod = "*",
                UrlPath = "*",
                ResourceArn = "*",
                Version = 1,
            },
        });
    }

    public StateMachine StateMachine { get; }
    public Activity CleanActivity { get; }
    public Activity ProcessActivity { get; }

    /// <summary>What a worker of the activity calls.</summary>
    public PolicyStatement[] Working(Activity activity) =>
    [
        new(new PolicyStatementProps { Actions = ["states:GetActivityTask"], Resources = [activity.ActivityArn] }),
        new(new PolicyStatementProps
        {
            Actions = ["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"],
            Resources = [activity.ActivityArn, StateMachine.StateMachineArn],
        }),
    ];

    string Seconds(string name, int value, string description)
    {
        var parameter = new CfnParameter(Stack.Of(this), name, new CfnParameterProps { Type = "Number", Default = value, MinValue = 1, Description = description });
        return Fn.Ref(parameter.LogicalId);
    }
}
