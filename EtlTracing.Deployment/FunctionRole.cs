using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Logs;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>A function's role that may write to its own log group only: the managed policy allows every group of the account.</summary>
static class FunctionRole
{
    public static Role Create(Construct scope, string id, LogGroup logs)
    {
        var role = new Role(scope, id, new RoleProps { AssumedBy = new ServicePrincipal("lambda.amazonaws.com") });
        role.AddToPolicy(new PolicyStatement(new PolicyStatementProps { Actions = ["logs:CreateLogStream", "logs:PutLogEvents"], Resources = [logs.LogGroupArn] }));
        return role;
    }
}
