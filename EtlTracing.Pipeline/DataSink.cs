namespace EtlTracing.Pipeline;

/// <summary>Where output goes.</summary>
/// <param name="Name">What messages call it: an object key or a file name.</param>
/// <param name="CreateAsync">
/// Begins the output. Not called when there is nothing to write; called a second time when a run that disposed the first stream uncompleted begins again.
/// </param>
public sealed record DataSink(string Name, Func<CancellationToken, ValueTask<OutputStream>> CreateAsync)
{
    /// <summary>A file on the local disk, which appears under its name when it is complete.</summary>
    public static DataSink ToFile(string path) => new(Path.GetFileName(path), _ => ValueTask.FromResult<OutputStream>(new FileOutput(path)));
}

/// <summary>Bytes written in order. Disposed without <see cref="CompleteAsync"/>, nothing of them is ever visible.</summary>
public abstract class OutputStream : Stream
{
    /// <summary>Makes the output visible as a whole; the eTag it got, where the store gives one.</summary>
    public abstract ValueTask<string?> CompleteAsync(CancellationToken cancellationToken);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
