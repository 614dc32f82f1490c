using System.IO.Compression;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Unpacks gzip and notices when it was cut off, which <see cref="GZipStream"/> takes for its end: behind the last byte we let follow a small
/// archive of our own, as gzip allows. Whole input ends with that archive's text; input that was cut swallows it.
/// </summary>
sealed class UnpackingStream : ForwardStream
{
    static readonly byte[] s_seal = "\0EtlTracing\0end\0"u8.ToArray();

    readonly GZipStream _unpacked;
    readonly byte[] _buffer = new byte[64 << 10];
    int _start;
    int _end;
    bool _ended;

    public UnpackingStream(SourceStream packed)
    {
        var seal = new MemoryStream();
        using (var packing = new GZipStream(seal, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(s_seal);
        packed.Seal(seal.ToArray());
        _unpacked = new GZipStream(packed, CompressionMode.Decompress);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The last bytes are always held back: they may be the seal.
        while (_end - _start <= s_seal.Length && !_ended)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await _unpacked.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            _ended = read == 0;
        }

        if (_ended && !_buffer.AsSpan(_start, _end - _start).EndsWith(s_seal)) throw new InvalidDataException("it ends before its text does");
        var length = Math.Min(buffer.Length, _end - _start - s_seal.Length);
        _buffer.AsMemory(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _unpacked.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacked.Dispose();
        base.Dispose(disposing);
    }
}
