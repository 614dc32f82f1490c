namespace EtlTracing.Pipeline.Reading;

/// <summary>Counts what is read through it, and takes back what was read only to look at it.</summary>
sealed class SourceStream(Stream inner) : ForwardStream
{
    ReadOnlyMemory<byte> _pushedBack;
    ReadOnlyMemory<byte> _seal;

    public long BytesRead { get; private set; }

    public void PushBack(ReadOnlyMemory<byte> head) => _pushedBack = head;

    /// <summary>Lets these bytes follow the inner stream's last one.</summary>
    public void Seal(ReadOnlyMemory<byte> seal) => _seal = seal;

    public override int Read(Span<byte> buffer)
    {
        if (!_pushedBack.IsEmpty) return TakeBack(buffer);
        var read = inner.Read(buffer);
        BytesRead += read;
        return read > 0 || buffer.IsEmpty ? read : TakeSeal(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_pushedBack.IsEmpty) return TakeBack(buffer.Span);
        var read = await inner.ReadAsync(buffer, cancellationToken);
        BytesRead += read;
        return read > 0 || buffer.IsEmpty ? read : TakeSeal(buffer.Span);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    int TakeBack(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _pushedBack.Length);
        _pushedBack.Span[..length].CopyTo(buffer);
        _pushedBack = _pushedBack[length..];
        return length;
    }

    int TakeSeal(Span<byte> buffer)
    {
        (_pushedBack, _seal) = (_seal, default);
        return TakeBack(buffer);
    }
}
