namespace EtlTracing.Deployment;

/// <summary>What a deployed stack says of itself; an AppHost on a laptop reads it with <c>--Etl:Aws=real</c>.</summary>
public static class StackOutputs
{
    public const string Bucket = "BucketName";
    public const string StateMachineArn = "StateMachineArn";
    public const string CleanActivityArn = "CleanActivityArn";
    public const string ProcessActivityArn = "ProcessActivityArn";
    public const string ViewerUrl = "ViewerUrl";
}
