using Aspire.Hosting.AWS.Deployment;
using Aspire.Hosting.AWS.Deployment.CDKPublishTargets;
using EtlTracing.AppHost.Cloud;
using EtlTracing.Deployment;
using Microsoft.Extensions.DependencyInjection;

// Publishing to AWS is a preview, and marked so.
#pragma warning disable ASPIREAWSPUBLISHERS001

namespace EtlTracing.AppHost.Publishing;

static class EtlDeploymentExtensions
{
    /// <summary>
    /// <c>aspire publish</c> and <c>aspire deploy</c> make the same stack as <c>cdk deploy</c>. It owns the whole deployment, images included, so the
    /// CDK environment is given nothing else to deploy; a manifest still lists every resource. Of the stack's context, <c>--Etl:azs=2</c> stands for <c>-c azs=2</c>, and so on.
    /// </summary>
    public static void AddEtlDeployment(this IDistributedApplicationBuilder builder, string name, EtlCloud cloud)
    {
        if (!builder.ExecutionContext.IsPublishMode || builder.Configuration["Pipeline:Step"] == "publish-manifest") return;

        foreach (var resource in builder.Resources.OfType<IComputeResource>())
            builder.CreateResourceBuilder(resource).ExcludeFromManifest();
        cloud.Resource.WithAnnotation(new WholeStack());
        builder.Services.AddTransient<IAWSPublishTarget, WholeStackTarget>();
        builder.AddAWSCDKEnvironment(
            name,
            CDKDefaultsProviderFactory.Preview_V1,
            (app, props) =>
            {
                foreach (var option in EtlStack.ContextNames)
                    if (builder.Configuration[$"Etl:{option}"] is { Length: > 0 } value) app.Node.SetContext(option, value);
                return new EtlStack(app, EtlStack.DefaultName, props);
            },
            new AWSCDKEnvironmentResourceConfig { AWSSDKConfig = cloud.Account });
    }
}
