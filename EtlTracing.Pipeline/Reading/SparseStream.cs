namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// A file of which only some stretches are in memory. It lets a reader that wants a whole seekable file work on the few chunks that were fetched.
/// </summary>
sealed class SparseStream(long length, IReadOnlyList<(long Offset, ReadOnlyMemory<byte> Bytes)> stretches) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (Position >= length || buffer.IsEmpty) return 0;
        foreach (var (offset, bytes) in stretches)
        {
            var start = Position - offset;
            if (start < 0 || start >= bytes.Length) continue;
            var part = bytes.Span[(int)start..];
            if (part.Length > buffer.Length) part = part[..buffer.Length];
            part.CopyTo(buffer);
            Position += part.Length;
            return part.Length;
        }

        throw new InvalidOperationException($"byte {Position} was not fetched");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => length + offset };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
