using System.Buffers;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Reads stretches of a source in ascending order with as few opens as is sensible: a small gap is read over.</summary>
sealed class RangeReader(DataSource source) : IAsyncDisposable
{
    /// <summary>Skipping so many bytes costs less than another request.</summary>
    const int SmallGap = 1 << 20;

    Stream? _stream;
    long _position;

    public long BytesRead { get; private set; }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_stream is null || offset < _position || offset - _position > SmallGap)
        {
            await DisposeAsync();
            _stream = await source.OpenAsync(offset, cancellationToken);
            _position = offset;
        }

        var skipped = ArrayPool<byte>.Shared.Rent(64 << 10);
        while (_position < offset) await TakeAsync(skipped.AsMemory(0, (int)Math.Min(skipped.Length, offset - _position)), cancellationToken);
        ArrayPool<byte>.Shared.Return(skipped);
        await TakeAsync(buffer, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null) await _stream.DisposeAsync();
        _stream = null;
    }

    async ValueTask TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _stream!.ReadExactlyAsync(buffer, cancellationToken);
        _position += buffer.Length;
        BytesRead += buffer.Length;
    }
}
