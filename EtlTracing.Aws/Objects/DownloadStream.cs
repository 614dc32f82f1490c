using System.Buffers;

namespace EtlTracing.Aws.Objects;

/// <summary>
/// An object from some byte on, forward only. Parts grow as reading goes on and up to three are under way at once, so that a
/// short look into a file costs little and a whole pass is as fast as parallel requests are, in 12 MB at most.
/// </summary>
sealed class DownloadStream : Stream
{
    const int LargestPart = 4 << 20;
    const int MostParts = 3;

    readonly ObjectReader _reader;
    readonly CancellationTokenSource _closed = new();
    readonly Queue<Part> _ahead = new();
    long _nextPart;
    long _position;
    int _partSize;
    int _partsAhead;
    Part? _current;
    int _offset;

    public DownloadStream(ObjectReader reader, long offset)
    {
        (_reader, _nextPart, _position) = (reader, offset, offset);
        // From the start on it will be read whole; elsewhere it is likely a footer or a column.
        (_partSize, _partsAhead) = offset == 0 ? (1 << 20, 2) : (256 << 10, 1);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => _reader.Length;
    public override long Position { get => _position; set => throw new NotSupportedException("forward only: open another stream at the wanted byte"); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0) return 0;
        if (_current is null && !await NextPartAsync(cancellationToken).ConfigureAwait(false)) return 0;
        return Take(buffer.Span);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0) return 0;
        // Readers that are not asynchronous wait here; the next parts arrive meanwhile.
        if (_current is null && !NextPartAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()) return 0;
        return Take(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    int Take(Span<byte> buffer)
    {
        var part = _current!;
        var count = Math.Min(buffer.Length, part.Length - _offset);
        part.Bytes.AsSpan(_offset, count).CopyTo(buffer);
        _offset += count;
        _position += count;
        if (_offset == part.Length) Return(ref _current);
        return count;
    }

    async ValueTask<bool> NextPartAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        RequestAhead();
        if (!_ahead.TryPeek(out var part)) return false;
        await part.Filled.WaitAsync(cancellationToken).ConfigureAwait(false);
        (_current, _offset) = (_ahead.Dequeue(), 0);
        _partsAhead = Math.Min(_partsAhead + 1, MostParts);
        RequestAhead();
        return true;
    }

    void RequestAhead()
    {
        while (_ahead.Count + (_current is null ? 0 : 1) < _partsAhead && _nextPart < Length)
        {
            var length = (int)Math.Min(_partSize, Length - _nextPart);
            var bytes = ArrayPool<byte>.Shared.Rent(length);
            _ahead.Enqueue(new Part(bytes, length, _reader.FillAsync(_nextPart, bytes.AsMemory(0, length), _closed.Token)));
            _nextPart += length;
            _partSize = Math.Min(_partSize * 2, LargestPart);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed.IsCancellationRequested)
        {
            _closed.Cancel();
            _reader.Used();
            Return(ref _current);
            // A request under way may still write into its buffer: that one is left to the garbage collector.
            while (_ahead.TryDequeue(out var part))
                if (part.Filled.IsCompletedSuccessfully) ArrayPool<byte>.Shared.Return(part.Bytes);
                else _ = part.Filled.ContinueWith(task => task.Exception, TaskScheduler.Default);
        }
        base.Dispose(disposing);
    }

    static void Return(ref Part? part)
    {
        if (part is not null) ArrayPool<byte>.Shared.Return(part.Bytes);
        part = null;
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    sealed record Part(byte[] Bytes, int Length, Task Filled);
}
