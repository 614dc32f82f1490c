using EtlTracing.Deployment;

namespace EtlTracing.AppHost.Cloud;

static class DeployedStackExtensions
{
    /// <summary>A stack that <c>cdk deploy</c> or <c>aspire deploy</c> made, known by its outputs.</summary>
    public static EtlCloud AddDeployedStack(this IDistributedApplicationBuilder builder, string name)
    {
        var account = builder.AddAWSSDKConfig();
        if (builder.Configuration["Etl:Profile"] is { Length: > 0 } profile) account.WithProfile(profile);
        if (builder.Configuration["Etl:Region"] is { Length: > 0 } region) account.WithRegion(region);

        var stack = builder.AddAWSCloudFormationStack(name, builder.Configuration["Etl:Stack"] ?? EtlStack.DefaultName)
            .WithReference(account);
        ReferenceExpression Output(string output) => ReferenceExpression.Create($"{stack.GetOutput(output)}");

        return new EtlCloud
        {
            Resource = stack,
            Account = account,
            Bucket = Output(StackOutputs.Bucket),
            StateMachineArn = Output(StackOutputs.StateMachineArn),
            CleanActivityArn = Output(StackOutputs.CleanActivityArn),
            ProcessActivityArn = Output(StackOutputs.ProcessActivityArn),
        };
    }
}
