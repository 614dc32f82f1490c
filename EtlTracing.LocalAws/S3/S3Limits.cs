namespace EtlTracing.LocalAws.S3;

/// <summary>S3's limits (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).</summary>
static class S3Limits
{
    public const int Key = 1024;
    public const int Metadata = 2 * 1024;
    public const int Headers = 8 * 1024;
    public const int Parts = 10_000;
    public const int Page = 1000;
    public const long MinPart = 5L << 20;
    public const long Put = 5L << 30;
    public const long Object = 50L << 40;

    /// <summary>The largest XML body that makes sense: a completion of 10,000 parts with their checksums.</summary>
    public const int Xml = 8 << 20;
}
