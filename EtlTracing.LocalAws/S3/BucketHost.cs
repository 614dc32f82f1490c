namespace EtlTracing.LocalAws.S3;

/// <summary>
/// Virtual-hosted addressing, which most SDKs use unless they are told otherwise: the bucket is part of the host's name
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
/// </summary>
static class BucketHost
{
    const string Local = ".localhost";

    /// <summary>
    /// <c>data.s3.us-east-2.amazonaws.com</c>, <c>data.s3.localhost</c> and <c>data.localhost</c> are bucket <c>data</c>; null
    /// where the bucket is in the path.
    /// </summary>
    public static string? BucketOf(string host)
    {
        if (host.LastIndexOf(".s3.", StringComparison.Ordinal) is var service and > 0) return host[..service];
        // Names below dev.localhost are Aspire's own for its resources.
        if (!host.EndsWith(Local, StringComparison.Ordinal) || host.EndsWith(".dev" + Local, StringComparison.Ordinal)) return null;
        var name = host[..^Local.Length];
        return name is "s3" || name.StartsWith("s3.", StringComparison.Ordinal) ? null : name;
    }
}
