using Amazon.CDK;
using Amazon.CDK.AWS.Logs;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>Log groups that the stack owns: kept for a month, deleted with the stack.</summary>
static class OwnedLogs
{
    public static LogGroup Create(Construct scope, string id, string? name = null) => new(scope, id, new LogGroupProps
    {
        LogGroupName = name,
        Retention = RetentionDays.ONE_MONTH,
        RemovalPolicy = RemovalPolicy.DESTROY,
    });
}
