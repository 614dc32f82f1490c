using Amazon.CDK.AWS.Ecr.Assets;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.Lambda;

namespace EtlTracing.Deployment;

/// <summary>Images of this repository's Dockerfiles, built by the CDK when it deploys. What goes into them is in .dockerignore.</summary>
static class SourceImage
{
    public static ContainerImage ForService(string dockerfile) => ContainerImage.FromAsset(Repository.Root, new AssetImageProps
    {
        File = dockerfile,
        Platform = Platform_.LINUX_AMD64,
    });

    /// <summary>An image that needs nothing but its own folder.</summary>
    public static ContainerImage Of(string folder) =>
        ContainerImage.FromAsset(Path.Combine(Repository.Root, folder), new AssetImageProps { Platform = Platform_.LINUX_AMD64 });

    public static DockerImageCode ForFunction(string dockerfile) => DockerImageCode.FromImageAsset(Repository.Root, new AssetImageCodeProps
    {
        File = dockerfile,
        Platform = Platform_.LINUX_AMD64,
    });
}
