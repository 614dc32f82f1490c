namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>Where a distributed Map's items come from.</summary>
public static class MapItems
{
    public const string GetObject = "arn:aws:states:::s3:getObject";
    public const string ListObjects = "arn:aws:states:::s3:listObjectsV2";
    public const string PutObject = "arn:aws:states:::s3:putObject";
}
