namespace EtlTracing.Aws.Objects;

/// <summary>What an output says of its origin: S3 metadata (x-amz-meta-…) and the Parquet footer's key-values have these names.</summary>
public static class ObjectMetadata
{
    public const string TraceId = "etl-trace-id";
    public const string Run = "etl-run";
    public const string InputKey = "etl-input-key";
    public const string InputETag = "etl-input-etag";
    public const string Sequencer = "etl-sequencer";
}
