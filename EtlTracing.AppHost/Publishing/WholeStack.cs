using Aspire.Hosting.AWS.Deployment;
using Aspire.Hosting.AWS.Deployment.CDKDefaults;
using Aspire.Hosting.AWS.Deployment.CDKPublishTargets;
using Microsoft.Extensions.Logging;

// Publishing to AWS is a preview, and marked so.
#pragma warning disable ASPIREAWSPUBLISHERS001

namespace EtlTracing.AppHost.Publishing;

/// <summary>On a resource that the stack is, rather than one to be added to it.</summary>
sealed class WholeStack : IAWSPublishTargetAnnotation;

/// <summary>
/// Makes the CDK environment's stack, and nothing in it. The environment makes it when the first resource is published into it: without any there
/// would be none, and an empty deployment would be called a success.
/// </summary>
sealed class WholeStackTarget(ILogger<WholeStackTarget> logger) : AbstractAWSPublishTarget(logger)
{
    public override string PublishTargetName => "the stack of EtlTracing.Deployment";
    public override Type PublishTargetAnnotation => typeof(WholeStack);

    public override Task GenerateConstructAsync(
        AWSCDKEnvironmentResource environment, IResource resource, IAWSPublishTargetAnnotation publishAnnotation, CancellationToken cancellationToken)
    {
        // The context holds the stack, so this makes it.
        _ = CreatePublishTargetContext(environment);
        return Task.CompletedTask;
    }

    public override ReferenceConnectionInfo GetReferenceConnectionInfo(AWSLinkedObjectsAnnotation linkedAnnotation) => new();

    public override IsDefaultPublishTargetMatchResult IsDefaultPublishTargetMatch(CDKDefaultsProvider cdkDefaultsProvider, IResource resource) =>
        IsDefaultPublishTargetMatchResult.NO_MATCH;
}
