using EtlTracing.LocalAws.Storage;

namespace EtlTracing.LocalAws.S3;

/// <summary>An object opened for reading: its bytes stay readable until it is disposed, even if it is replaced or deleted.</summary>
public sealed class ObjectReader : IDisposable
{
    readonly ObjectFiles _files;
    readonly IDisposable _lease;

    internal ObjectReader(StoredObject stored, IReadOnlyList<Piece> pieces, ObjectFiles files, IDisposable lease)
    {
        Object = stored;
        Pieces = pieces;
        _files = files;
        _lease = lease;
    }

    public StoredObject Object { get; }
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>The bytes from <paramref name="offset"/> on, <paramref name="count"/> of them, across the pieces.</summary>
    public Stream Read(long offset, long count) => new PieceStream(this, offset, count);

    public Stream Read() => Read(0, Object.Size);

    public void Dispose() => _lease.Dispose();

    /// <summary>Opens one piece after the other, so that an object of 10,000 parts takes one file handle.</summary>
    sealed class PieceStream(ObjectReader reader, long offset, long count) : Stream
    {
        long _offset = offset;
        long _left = count;
        int _next = -1;
        FileStream? _open;
        long _openStart;
        long _openEnd;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_left == 0 || buffer.IsEmpty) return 0;
            while (_offset >= _openEnd) OpenNext();
            var wanted = (int)Math.Min(buffer.Length, Math.Min(_left, _openEnd - _offset));
            // Page cache reads are shorter than a hop to another thread.
            var read = RandomAccess.Read(_open!.SafeFileHandle, buffer[..wanted], _offset - _openStart);
            if (read == 0) throw new EndOfStreamException($"object {reader.Object.Bucket}/{reader.Object.Key} lacks bytes from {_offset}");
            _offset += read;
            _left -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        void OpenNext()
        {
            _openStart = _openEnd;
            _openEnd += reader.Pieces[++_next].Size;
            if (_offset >= _openEnd) return;
            _open?.Dispose();
            _open = reader._files.OpenRead(reader.Pieces[_next].File);
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _open?.Dispose();
            base.Dispose(disposing);
        }
    }
}
