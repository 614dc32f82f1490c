using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace EtlTracing.Aws.Objects;

/// <summary>An object as it was found; reads stay with this version of it.</summary>
public sealed record StoredObject(string Key, long Length, string ETag, IReadOnlyDictionary<string, string> Metadata);

/// <summary>The objects of one bucket, read and written as streams of any length in bounded memory.</summary>
public sealed class ObjectStore(AmazonS3Client s3, string bucket, TimeProvider time)
{
    internal AmazonS3Client Client => s3;
    internal TimeProvider Time => time;
    public string Bucket => bucket;

    /// <summary>A client for AWS or, where the environment names an endpoint, for a server without a host name for each bucket.</summary>
    public static AmazonS3Client CreateClient()
    {
        var endpoint = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        return new AmazonS3Client(new AmazonS3Config { ForcePathStyle = !string.IsNullOrEmpty(endpoint) });
    }

    /// <summary>Null when there is no such object.</summary>
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var found = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, cancellationToken).ConfigureAwait(false);
            var metadata = found.Metadata.Keys.ToDictionary(name => name["x-amz-meta-".Length..], name => found.Metadata[name]);
            return new StoredObject(key, found.ContentLength, found.ETag, metadata);
        }
        catch (AmazonS3Exception answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Disposing the reader ends its span; its streams are closed by then.</summary>
    public ObjectReader Read(StoredObject stored) => new(this, stored);

    /// <summary>
    /// With a sequencer the object is written only where it is not there yet, or was made from an older upload: of two
    /// writers the one with the newer upload wins, whichever completes last.
    /// </summary>
    public UploadStream Write(string key, IReadOnlyDictionary<string, string> metadata, string? sequencer = null) => new(this, key, metadata, sequencer);
}
