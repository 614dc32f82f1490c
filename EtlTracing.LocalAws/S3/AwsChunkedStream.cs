using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// Takes <c>aws-chunked</c> apart (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html):
/// <code>
/// 10000;chunk-signature=ad80…\r\n   (65,536 bytes)\r\n   0;chunk-signature=b6c6…\r\n
/// x-amz-checksum-crc32c:wdBDMA==\r\n   x-amz-trailer-signature:d81f…\r\n   \r\n
/// </code>
/// Signatures are there for signed payloads only, trailers where they were announced.
/// </summary>
/// <remarks>Without <paramref name="signatures"/> those of the chunks are not checked.</remarks>
public sealed class AwsChunkedStream(Stream body, ChunkSignatures? signatures) : Stream
{
    const int LongestLine = 4096;
    const int MostTrailers = 32;

    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    readonly IncrementalHash? _hash = signatures is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    int _start;
    int _end;
    long _left;
    string? _signature;
    bool _inside;
    bool _finished;
    bool _disposed;

    /// <summary>Known once the body was read to its end; names in lower case.</summary>
    public Dictionary<string, string> Trailers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left == 0)
        {
            if (_finished) return 0;
            await NextChunkAsync(cancellationToken);
        }
        var wanted = (int)Math.Min(_left, buffer.Length);
        if (wanted == 0) return 0;
        int read;
        if (_start < _end)
        {
            read = Math.Min(wanted, _end - _start);
            _buffer.AsSpan(_start, read).CopyTo(buffer.Span);
            _start += read;
        }
        else
        {
            read = await body.ReadAsync(buffer[..wanted], cancellationToken);
            if (read == 0) throw S3Error.IncompleteBody();
        }
        _hash?.AppendData(buffer.Span[..read]);
        _left -= read;
        return read;
    }

    async ValueTask NextChunkAsync(CancellationToken cancellationToken)
    {
        if (_inside)
        {
            CheckChunk();
            if ((await LineAsync(cancellationToken)).Length > 0) throw S3Error.IncompleteBody();
        }
        var header = await LineAsync(cancellationToken);
        var semicolon = header.IndexOf(';', StringComparison.Ordinal);
        var size = semicolon < 0 ? header : header[..semicolon];
        if (size.Length is 0 or > 15 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0) throw S3Error.IncompleteBody();
        const string signature = ";chunk-signature=";
        _signature = header.IndexOf(signature, StringComparison.Ordinal) is var at and >= 0 ? header[(at + signature.Length)..] : null;
        _inside = _left > 0;
        if (_inside) return;
        CheckChunk();
        await TrailersAsync(cancellationToken);
        _finished = true;
    }

    async ValueTask TrailersAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostTrailers; i++)
        {
            if (await LineAsync(cancellationToken, endIsEmpty: true) is not { Length: > 0 } line)
            {
                signatures?.CheckTrailers(Trailers);
                return;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw S3Error.IncompleteBody();
            Trailers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
        throw S3Error.IncompleteBody();
    }

    void CheckChunk() => signatures?.CheckChunk(_hash!.GetHashAndReset(), _signature);

    /// <summary>A line without its end. Some clients end trailers with the body instead of an empty line.</summary>
    async ValueTask<string> LineAsync(CancellationToken cancellationToken, bool endIsEmpty = false)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, found).TrimEnd('\r');
                _start += found + 1;
                return line;
            }
            if (_end - _start > LongestLine) throw S3Error.IncompleteBody();
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            var read = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0) return endIsEmpty && _start == _end ? "" : throw S3Error.IncompleteBody();
            _end += read;
        }
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            ArrayPool<byte>.Shared.Return(_buffer);
            _hash?.Dispose();
        }
        base.Dispose(disposing);
    }
}
