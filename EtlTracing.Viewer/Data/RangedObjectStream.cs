using Amazon.S3;
using Amazon.S3.Model;

namespace EtlTracing.Viewer.Data;

/// <summary>
/// A seekable stream over an object of S3 that fetches only the ranges that are read, in blocks, and keeps a few of them.
/// Bound to one eTag: an object that is replaced meanwhile fails instead of mixing two.
/// </summary>
public sealed class RangedObjectStream(AmazonS3Client s3, string bucket, string key, string? etag, long length) : Stream
{
    const int BlockSize = 1 << 19;

    /// <summary>8 MB: the columns of a row group are read one after another, each in order.</summary>
    const int MaxBlocks = 16;

    readonly Dictionary<long, byte[]> _blocks = [];
    readonly Queue<long> _order = new();
    long _position;

    /// <summary>Bytes that really came over the wire.</summary>
    public long BytesFetched { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;
    public override long Position { get => _position; set => _position = value; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty) return 0;
        var block = await BlockAsync(_position / BlockSize, cancellationToken);
        var offset = (int)(_position % BlockSize);
        var count = Math.Min(buffer.Length, block.Length - offset);
        block.AsMemory(offset, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    async ValueTask<byte[]> BlockAsync(long number, CancellationToken cancel)
    {
        if (_blocks.TryGetValue(number, out var known)) return known;
        var start = number * BlockSize;
        var end = Math.Min(start + BlockSize, length) - 1;
        using var response = await s3.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket, Key = key, EtagToMatch = etag, ByteRange = new ByteRange(start, end) }, cancel);
        var block = new byte[end - start + 1];
        await response.ResponseStream.ReadExactlyAsync(block, cancel);
        BytesFetched += block.Length;
        if (_order.Count == MaxBlocks) _blocks.Remove(_order.Dequeue());
        _order.Enqueue(number);
        return _blocks[number] = block;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>The Parquet reader asks for some headers this way.</summary>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
