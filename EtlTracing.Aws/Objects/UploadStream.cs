using System.Buffers;

namespace EtlTracing.Aws.Objects;

/// <summary>What completing a write came to. Superseded: a newer upload's output was there, and stays; its eTag is given.</summary>
public sealed record WrittenObject(string ETag, long Length, bool Superseded);

/// <summary>
/// Writes one object in order. A small one is one PutObject; past a part's size it becomes a multipart upload with two parts under
/// way while the third fills, so that memory stays at three parts. Nothing is visible before <see cref="CompleteAsync"/>;
/// disposing without it leaves nothing behind.
/// </summary>
public sealed class UploadStream : Stream
{
    /// <summary>With S3's limit of 10,000 parts an object may reach 80 GB.</summary>
    public const int PartSize = 8 << 20;
    const int FirstBuffer = 64 << 10;
    const int PartsUnderWay = 2;

    readonly ObjectStore _store;
    readonly LongCall _call;
    readonly UploadRequests _upload;
    readonly Queue<Task> _underWay = new();
    byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    int _filled;
    long _position;
    bool _completed;
    bool _disposed;

    internal UploadStream(ObjectStore store, string key, IReadOnlyDictionary<string, string> metadata, string? sequencer)
    {
        _store = store;
        _call = LongCall.Start("PutObject", store.Bucket, key);
        _upload = new UploadRequests(store, key, metadata, sequencer);
    }

    public string Key => _upload.Key;
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => !_disposed;
    public override long Length => _position;
    public override long Position { get => _position; set => throw new NotSupportedException("written in order"); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var count = Fill(buffer.Span);
            buffer = buffer[count..];
            if (_filled == PartSize) await SendPartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Fill(buffer);
            buffer = buffer[count..];
            // Writers that are not asynchronous wait here while two parts are under way.
            if (_filled == PartSize) SendPartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Makes the object visible, whole. A failure leaves it to <see cref="DisposeAsync"/> to take the parts away.</summary>
    public async Task<WrittenObject> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            if (_upload.IsMultipart && _filled > 0) await SendPartAsync(cancellationToken).ConfigureAwait(false);
            while (_underWay.TryDequeue(out var part)) await part.ConfigureAwait(false);
            var written = await _call.RunAsync(() => _upload.CompleteAsync(_buffer.AsMemory(0, _filled), _position, cancellationToken)).ConfigureAwait(false);
            _completed = true;
            _call.End(_store.Time.GetUtcNow());
            return written;
        }
        catch (Exception exception)
        {
            _call.End(_store.Time.GetUtcNow(), exception);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (!_completed)
        {
            _call.End(_store.Time.GetUtcNow(), new OperationCanceledException($"{Key} was given up after {_position} bytes"));
            await Task.WhenAll(_underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _upload.AbortAsync().ConfigureAwait(false);
        }
        ArrayPool<byte>.Shared.Return(_buffer);
        GC.SuppressFinalize(this);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed) DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    int Fill(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed || _completed, this);
        var count = Math.Min(bytes.Length, PartSize - _filled);
        if (_filled + count > _buffer.Length) Grow(_filled + count);
        bytes[..count].CopyTo(_buffer.AsSpan(_filled));
        _filled += count;
        _position += count;
        return count;
    }

    void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(PartSize, Math.Max(needed, _buffer.Length * 2)));
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    async Task SendPartAsync(CancellationToken cancellationToken)
    {
        if (!_upload.IsMultipart)
        {
            _call.Rename("MultipartUpload");
            await _call.RunAsync(() => _upload.BeginAsync(cancellationToken)).ConfigureAwait(false);
        }
        while (_underWay.Count >= PartsUnderWay) await _underWay.Dequeue().ConfigureAwait(false);
        var (full, length) = (_buffer, _filled);
        (_buffer, _filled) = (ArrayPool<byte>.Shared.Rent(PartSize), 0);
        _underWay.Enqueue(_call.RunAsync(async () =>
        {
            await _upload.SendAsync(full, length, cancellationToken).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(full);
            return 0;
        }));
    }

    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
