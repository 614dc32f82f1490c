namespace EtlTracing.LocalAws.S3;

/// <summary>An error of the service, answered as S3 does: an HTTP status and an XML body with code, message and details.</summary>
/// <remarks>The details' names are the XML elements that S3 adds for the code, such as <c>BucketName</c>.</remarks>
public sealed class S3Exception(int status, string code, string message, params (string Name, string Value)[] details) : Exception(message)
{
    public int Status => status;
    public string Code => code;
    public IReadOnlyList<(string Name, string Value)> Details => details;
}
