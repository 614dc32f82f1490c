using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace EtlTracing.Aws.Objects;

/// <summary>The requests that make one object, and the rule who may write it: see <see cref="ObjectStore.Write"/>.</summary>
sealed class UploadRequests(ObjectStore store, string key, IReadOnlyDictionary<string, string> metadata, string? sequencer)
{
    const int MostConflicts = 5;

    readonly List<PartETag> _parts = [];
    string? _uploadId;
    int _partNumber;

    public string Key => key;
    public bool IsMultipart => _uploadId is not null;

    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = store.Bucket, Key = key };
        AddMetadata(request.Metadata);
        _uploadId = (await store.Client.InitiateMultipartUploadAsync(request, cancellationToken).ConfigureAwait(false)).UploadId;
        return true;
    }

    public async Task SendAsync(byte[] bytes, int length, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(bytes, 0, length, writable: false);
        var number = Interlocked.Increment(ref _partNumber);
        var sent = await store.Client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = store.Bucket,
                Key = key,
                UploadId = _uploadId,
                PartNumber = number,
                PartSize = length,
                InputStream = stream,
                ChecksumCRC32 = ChecksumOf(bytes.AsSpan(0, length)),
            }, cancellationToken).ConfigureAwait(false);
        lock (_parts) _parts.Add(new PartETag(sent));
    }

    /// <summary>Looks who was there before and writes on condition that it is still so; if not, looks again.</summary>
    public async Task<WrittenObject> CompleteAsync(ReadOnlyMemory<byte> rest, long length, CancellationToken cancellationToken)
    {
        if (sequencer is null) return new(await PutOrCompleteAsync(rest, null, null, cancellationToken).ConfigureAwait(false), length, Superseded: false);
        for (var attempt = 1; ; attempt++)
        {
            var there = await store.FindAsync(key, cancellationToken).ConfigureAwait(false);
            if (there is not null && there.Metadata.TryGetValue(ObjectMetadata.Sequencer, out var other) && Sequencers.Compare(other, sequencer) > 0)
            {
                await AbortAsync().ConfigureAwait(false);
                return new(there.ETag.Trim('"'), there.Length, Superseded: true);
            }
            try
            {
                var eTag = await PutOrCompleteAsync(rest, there?.ETag, there is null ? "*" : null, cancellationToken).ConfigureAwait(false);
                return new(eTag, length, Superseded: false);
            }
            catch (AmazonS3Exception answer) when (answer.StatusCode is HttpStatusCode.PreconditionFailed && attempt < MostConflicts)
            {
                // Another writer came in between; whose output is newer decides.
            }
        }
    }

    /// <summary>Never throws: what cannot be taken away now is taken away by the bucket's lifecycle rule.</summary>
    public async Task AbortAsync()
    {
        if (_uploadId is not { } id) return;
        _uploadId = null;
        try
        {
            await store.Client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = store.Bucket, Key = key, UploadId = id }).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or OperationCanceledException)
        {
        }
    }

    async Task<string> PutOrCompleteAsync(ReadOnlyMemory<byte> rest, string? ifMatch, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        if (_uploadId is { } id)
        {
            var completed = await store.Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
            {
                BucketName = store.Bucket,
                Key = key,
                UploadId = id,
                PartETags = [.. _parts.OrderBy(part => part.PartNumber)],
                IfMatch = ifMatch,
                IfNoneMatch = ifNoneMatch,
            }, cancellationToken).ConfigureAwait(false);
            _uploadId = null;
            return completed.ETag.Trim('"');
        }
        using var stream = new MemoryStream(rest.ToArray(), writable: false);
        var request = new PutObjectRequest { BucketName = store.Bucket, Key = key, InputStream = stream, IfMatch = ifMatch, IfNoneMatch = ifNoneMatch };
        AddMetadata(request.Metadata);
        return (await store.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false)).ETag.Trim('"');
    }

    /// <summary>S3's form of it. The SDK would compute the same while it sends, a byte at a time.</summary>
    static string ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(bytes));
        return Convert.ToBase64String(checksum);
    }

    /// <summary>Headers are ASCII; a key that is not is escaped.</summary>
    void AddMetadata(MetadataCollection target)
    {
        foreach (var (name, value) in metadata)
            target[name] = value.All(char.IsAscii) ? value : Uri.EscapeDataString(value);
    }
}
