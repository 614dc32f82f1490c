using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.CloudWatch.Actions;
using Amazon.CDK.AWS.Logs;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SNS.Subscriptions;
using Amazon.CDK.AWS.StepFunctions;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>Alarms and a dashboard. With <c>-c alarmEmail=ADDRESS</c> alarms are sent there; else they are only shown.</summary>
public sealed class Monitoring : Construct
{
    // Words of the collector's own log: the memory limiter's, and the exporters' when they give up.
    static readonly string[] s_losses = ["Refusing data", "Dropping data", "Rejecting data"];

    readonly Topic? _topic;

    public Monitoring(Construct scope, string id, Workflow workflow, TriggerFunction trigger, CollectorService collector)
        : base(scope, id)
    {
        if (Node.TryGetContext("alarmEmail") is string email)
        {
            _topic = new Topic(this, "Topic");
            _topic.AddSubscription(new EmailSubscription(email));
        }

        var runs = workflow.StateMachine;
        var refused = new MetricFilter(this, "Refused", new MetricFilterProps
        {
            LogGroup = collector.Logs,
            FilterPattern = FilterPattern.AnyTerm(s_losses),
            MetricNamespace = Stack.Of(this).StackName,
            MetricName = "CollectorRefusals",
            MetricValue = "1",
        });

        Alarm[] alarms =
        [
            Alarm("FailedRuns", "A run failed or timed out", Sum(runs.MetricFailed(), runs.MetricTimedOut())),
            Alarm("StuckRuns", "Tasks were scheduled and no worker took any for 15 minutes", Untaken(workflow)),
            Alarm("DeadLetters", "An upload has no run: its event is among the dead letters",
                trigger.DeadLetters.MetricApproximateNumberOfMessagesVisible(new MetricOptions { Period = Duration.Minutes(5), Statistic = "Maximum" })),
            Alarm("CollectorRefusals", "The collector refused or dropped spans: traces may have holes",
                refused.Metric(new MetricOptions { Period = Duration.Minutes(5), Statistic = "Sum" })),
        ];

        _ = new Dashboard(this, "Dashboard", new DashboardProps
        {
            DashboardName = $"{Stack.Of(this).StackName}-{Stack.Of(this).Region}",
            Widgets =
            [
                [
                    Graph("Runs", runs.MetricStarted(), runs.MetricSucceeded(), runs.MetricFailed(), runs.MetricTimedOut()),
                    Graph("Time of a run", Percentile(runs, "p50"), Percentile(runs, "p95")),
                    Graph("Waiting for a worker", workflow.CleanActivity.MetricScheduleTime(), workflow.ProcessActivity.MetricScheduleTime()),
                ],
                [
                    Graph("Time of an attempt", workflow.CleanActivity.MetricRunTime(), workflow.ProcessActivity.MetricRunTime()),
                    Graph("Lost heartbeats", workflow.CleanActivity.MetricHeartbeatTimedOut(), workflow.ProcessActivity.MetricHeartbeatTimedOut()),
                    Graph("Trigger", trigger.Function.MetricInvocations(), trigger.Function.MetricErrors(), trigger.Function.MetricThrottles()),
                ],
                [new AlarmStatusWidget(new AlarmStatusWidgetProps { Title = "Alarms", Alarms = alarms, Width = 24 })],
            ],
        });
    }

    /// <summary>Tasks scheduled, where not one was started in the same time.</summary>
    static MathExpression Untaken(Workflow workflow) => new(new MathExpressionProps
    {
        Expression = "IF(cs > 0 AND FILL(cr, 0) < 1, cs, 0) + IF(ps > 0 AND FILL(pr, 0) < 1, ps, 0)",
        UsingMetrics = new Dictionary<string, IMetric>
        {
            ["cs"] = workflow.CleanActivity.MetricScheduled(Quarter),
            ["cr"] = workflow.CleanActivity.MetricStarted(Quarter),
            ["ps"] = workflow.ProcessActivity.MetricScheduled(Quarter),
            ["pr"] = workflow.ProcessActivity.MetricStarted(Quarter),
        },
        Period = Duration.Minutes(15),
        Label = "Scheduled and not taken",
    });

    static MetricOptions Quarter => new() { Period = Duration.Minutes(15), Statistic = "Sum" };

    static MathExpression Sum(Metric failed, Metric timedOut) => new(new MathExpressionProps
    {
        Expression = "FILL(failed, 0) + FILL(late, 0)",
        UsingMetrics = new Dictionary<string, IMetric> { ["failed"] = failed, ["late"] = timedOut },
        Period = Duration.Minutes(5),
        Label = "Failed runs",
    });

    static Metric Percentile(StateMachine runs, string statistic) =>
        runs.MetricTime(new MetricOptions { Statistic = statistic, Label = statistic });

    static GraphWidget Graph(string title, params IMetric[] metrics) => new(new GraphWidgetProps { Title = title, Left = metrics, Width = 8 });

    Alarm Alarm(string name, string description, IMetric metric)
    {
        var alarm = new Alarm(this, name, new AlarmProps
        {
            AlarmDescription = description,
            Metric = metric,
            Threshold = 1,
            EvaluationPeriods = 1,
            ComparisonOperator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            TreatMissingData = TreatMissingData.NOT_BREACHING,
        });
        if (_topic is not null) alarm.AddAlarmAction(new SnsAction(_topic));
        return alarm;
    }
}
